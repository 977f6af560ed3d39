import { createBus } from "./lib/bus.js";
import { watchSession } from "./lib/session.js";
import { watchStats } from "./lib/stats.js";
import { accountPanel } from "./panels/account.js";
import { countersPanel } from "./panels/counters.js";
import { farewellPanel } from "./panels/farewell.js";
import { livePanel } from "./panels/live.js";
import { lookupPanel } from "./panels/lookup.js";
import { mapPanel } from "./panels/map.js";
import { noticePanel } from "./panels/notice.js";
import { recentPanel } from "./panels/recent.js";
import { resultsPanel } from "./panels/results.js";
import { searchPanel } from "./panels/search.js";
import { storagePanel } from "./panels/storage.js";
import { themeButton } from "./panels/theme-button.js";
import { timelinePanel } from "./panels/timeline.js";

/** Each panel fills the element of its id and talks to the others over the bus only. */
const panels = {
  theme: themeButton,
  account: accountPanel,
  notice: noticePanel,
  farewell: farewellPanel,
  recent: recentPanel,
  lookup: lookupPanel,
  map: mapPanel,
  results: resultsPanel,
  counters: countersPanel,
  timeline: timelinePanel,
  storage: storagePanel,
  live: livePanel,
  // Last: it may start a search at once, and the others must be listening.
  search: searchPanel,
};

const bus = createBus();
for (const [id, mount] of Object.entries(panels)) mount(document.getElementById(id), bus);
watchStats(bus);
watchSession(bus);
