/** Between finding a free port and listening on it another process may take it: then other ports are tried. */
export async function retryStart<Server>(start: () => Promise<Server>, attempts = 3): Promise<Server> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start();
    } catch (error) {
      const portWasTaken = error instanceof Error && error.message.includes("Address already in use");
      if (!portWasTaken || attempt === attempts) throw error;
    }
  }
}
