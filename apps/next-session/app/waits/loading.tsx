/** With it, Next renders the layout when a link to the page is prefetched. */
export default function Loading() {
  return <p>Loading</p>;
}
