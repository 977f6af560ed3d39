/** A request that the gateway answers with an error of its own, before or instead of asking the server. */
export class RequestError extends Error {
  override readonly name: string = "RequestError";
  /** The HTTP status of the answer. */
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}
