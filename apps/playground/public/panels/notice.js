/** Says when the store or the server does not answer. */
export function noticePanel(element, bus) {
  const show = (text) => {
    // A live region speaks when its text changes; repeating the text every second would repeat it aloud.
    if (element.textContent !== text) element.textContent = text;
    element.hidden = text === "";
  };
  bus.on("unreachable", () => show("Atlas does not answer. This page keeps trying."));
  bus.on("stats", ({ store, backend }) =>
    show(
      store.state === "down"
        ? `The store (${backend}) does not answer. Searches still work, but each one is a scan until it is back.`
        : "",
    ),
  );
}
