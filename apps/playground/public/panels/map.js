import { askApi } from "../lib/api.js";
import { h } from "../lib/dom.js";
import { formatCount, plural } from "../lib/format.js";
import { between, fit, project, wholeWorld, worldAspect } from "../lib/projection.js";

const MOVE_MS = 650;
/** How near, in pixels, the pointer must be to name a city. */
const REACH = 18;
/** Cities above it are drawn at the same, largest size. */
const LARGEST_POPULATION = 10_000_000;

/** The world as dots where its cities are, and the matches upon it. Drawn here; no tiles are loaded. */
export function mapPanel(element, bus) {
  const canvas = h("canvas", { role: "img", "aria-label": "Map of the world" });
  const label = h("p.map-label", { "aria-hidden": "true", hidden: true });
  const caption = h("p.map-caption", {}, "Every dot is where cities are.");
  element.append(canvas, label, caption);

  const state = { cells: [], cellDegrees: 1, points: [], cities: [], pointed: null, view: wholeWorld };
  const brush = canvas.getContext("2d");
  let move = null;
  let frame = 0;

  const draw = (now) => {
    frame = 0;
    if (move) {
      const progress = Math.min(1, (now - move.began) / move.lastsMs);
      state.view = between(move.from, move.to, progress);
      if (progress === 1) move = null;
      else schedule();
    }
    paint(canvas, brush, state);
    placeLabel(label, canvas, state);
  };
  const schedule = () => {
    if (frame === 0) frame = requestAnimationFrame(draw);
  };
  const moveTo = (to) => {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    move = { from: state.view, to, began: performance.now(), lastsMs: still ? 1 : MOVE_MS };
    schedule();
  };
  const point = (city) => {
    if (state.pointed === city) return;
    state.pointed = city;
    schedule();
  };

  new ResizeObserver(schedule).observe(canvas);
  bus.on("theme", schedule);
  bus.on("point", point);
  const clear = () => {
    Object.assign(state, { points: [], cities: [], pointed: null });
    caption.textContent = "Every dot is where cities are.";
    moveTo(wholeWorld);
  };
  bus.on("cleared", clear);
  bus.on("refused", clear);
  bus.on("answer", ({ points, results, total }) => {
    Object.assign(state, { points, cities: results, pointed: null });
    const text =
      total > points.length
        ? `The ${formatCount(points.length)} largest of ${formatCount(total)}`
        : plural(total, "match", "matches");
    caption.textContent = text;
    canvas.setAttribute("aria-label", `Map of the world with ${plural(points.length, "match", "matches")} marked`);
    moveTo(fit(points, aspectOf(canvas)));
  });
  canvas.addEventListener("pointermove", (event) => point(nearest(canvas, state, event)));
  canvas.addEventListener("pointerleave", () => point(null));

  askApi("/api/world").then(
    (world) => {
      Object.assign(state, world);
      schedule();
    },
    () => {
      caption.textContent = "The map's background could not be loaded; matches are still drawn.";
    },
  );
}

const aspectOf = (canvas) => (canvas.clientWidth > 0 ? canvas.clientHeight / canvas.clientWidth : worldAspect);
const sizeOf = (canvas) => ({ width: canvas.clientWidth, height: canvas.clientHeight });

function paint(canvas, brush, state) {
  const { width, height } = sizeOf(canvas);
  const ratio = window.devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  brush.setTransform(ratio, 0, 0, ratio, 0, 0);
  brush.clearRect(0, 0, width, height);
  const place = project(state.view, { width, height });
  const style = getComputedStyle(canvas);
  paintWorld(brush, state, place, style.getPropertyValue("--map-land"));
  paintMatches(brush, state, place, style.getPropertyValue("--map-match"), style.getPropertyValue("--map-edge"));
}

/** Four passes, one for each density: a pass is one path and one fill. */
function paintWorld(brush, { cells, cellDegrees }, place, colour) {
  const step = cellDegrees * place.scale;
  brush.fillStyle = colour;
  for (let density = 1; density <= 4; density++) {
    const radius = step * (0.34 + 0.04 * density);
    brush.globalAlpha = 0.35 + 0.15 * density;
    brush.beginPath();
    for (let at = 0; at < cells.length; at += 3) {
      if (cells[at + 2] !== density) continue;
      const x = place.x(-180 + (cells[at] + 0.5) * cellDegrees);
      const y = place.y(90 - (cells[at + 1] + 0.5) * cellDegrees);
      brush.moveTo(x + radius, y);
      brush.arc(x, y, radius, 0, 2 * Math.PI);
    }
    brush.fill();
  }
  brush.globalAlpha = 1;
}

function paintMatches(brush, { points, pointed }, place, colour, edge) {
  brush.fillStyle = colour;
  // Smallest first: the largest cities end on top.
  for (const [longitude, latitude, population] of points.toReversed()) {
    const radius = radiusOf(population, place);
    brush.globalAlpha = 0.18;
    dot(brush, place.x(longitude), place.y(latitude), radius * 2.4);
    brush.globalAlpha = 0.9;
    dot(brush, place.x(longitude), place.y(latitude), radius);
  }
  brush.globalAlpha = 1;
  if (!pointed) return;
  const [x, y, radius] = [
    place.x(pointed.longitude),
    place.y(pointed.latitude),
    radiusOf(pointed.population, place) + 3,
  ];
  brush.lineWidth = 2.5;
  brush.strokeStyle = edge;
  brush.beginPath();
  brush.arc(x, y, radius, 0, 2 * Math.PI);
  brush.stroke();
}

function dot(brush, x, y, radius) {
  brush.beginPath();
  brush.arc(x, y, radius, 0, 2 * Math.PI);
  brush.fill();
}

/** Narrow maps get smaller marks. */
function radiusOf(population, { width }) {
  const share = Math.min(population, LARGEST_POPULATION) / LARGEST_POPULATION;
  return (2 + 5 * Math.sqrt(share)) * Math.min(1, 0.4 + width / 1200);
}

function nearest(canvas, { cities, view }, { offsetX, offsetY }) {
  const place = project(view, sizeOf(canvas));
  let best = null;
  let reach = REACH;
  for (const city of cities) {
    const distance = Math.hypot(place.x(city.longitude) - offsetX, place.y(city.latitude) - offsetY);
    if (distance < reach) {
      best = city;
      reach = distance;
    }
  }
  return best;
}

function placeLabel(label, canvas, { pointed, view }) {
  label.hidden = !pointed;
  if (!pointed) return;
  label.textContent = `${pointed.name}, ${pointed.countryName}`;
  const { width, height } = sizeOf(canvas);
  const place = project(view, { width, height });
  const [x, y] = [place.x(pointed.longitude), place.y(pointed.latitude)];
  label.style.translate = x > width / 2 ? "calc(-100% - 14px) -50%" : "14px -50%";
  label.style.insetInlineStart = `${Math.min(Math.max(x, 0), width)}px`;
  label.style.insetBlockStart = `${Math.min(Math.max(y, 16), height - 16)}px`;
}
