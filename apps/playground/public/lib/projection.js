/** The part of the globe that is ever shown, in degrees: no city lies north of 84° or south of 58°. */
const WORLD = { west: -180, east: 180, north: 84, south: -58 };
/** Closer than this the background's dots would be larger than the countries they draw. */
const NARROWEST_DEGREES = 46;
const MARGIN = 1.35;

/** The whole world, as centre and width in degrees. */
export const wholeWorld = {
  longitude: (WORLD.west + WORLD.east) / 2,
  latitude: (WORLD.north + WORLD.south) / 2,
  width: WORLD.east - WORLD.west,
};

/** Height over width of the whole world in this projection. */
export const worldAspect = (WORLD.north - WORLD.south) / (WORLD.east - WORLD.west);

/** The view that shows all of the points with room around them. Points are [longitude, latitude, …]. */
export function fit(points, aspect) {
  if (points.length === 0) return wholeWorld;
  const longitudes = points.map(([longitude]) => longitude);
  const latitudes = points.map(([, latitude]) => latitude);
  const [west, east] = [Math.min(...longitudes), Math.max(...longitudes)];
  const [south, north] = [Math.min(...latitudes), Math.max(...latitudes)];
  const width = Math.max((east - west) * MARGIN, ((north - south) * MARGIN) / aspect, NARROWEST_DEGREES);
  if (width >= wholeWorld.width * 0.8) return wholeWorld;
  return keepInside({ longitude: (west + east) / 2, latitude: (south + north) / 2, width }, aspect);
}

function keepInside({ longitude, latitude, width }, aspect) {
  const [halfWidth, halfHeight] = [width / 2, (width * aspect) / 2];
  return {
    longitude: within(longitude, WORLD.west + halfWidth, WORLD.east - halfWidth),
    latitude: within(latitude, WORLD.south + halfHeight, WORLD.north - halfHeight),
    width,
  };
}

/** The middle, where the range is too narrow for any other value. */
function within(value, low, high) {
  return low > high ? (low + high) / 2 : Math.min(Math.max(value, low), high);
}

/** Pixels for degrees, in a canvas of this size. */
export function project(view, size) {
  const scale = size.width / view.width;
  return {
    scale,
    width: size.width,
    x: (longitude) => size.width / 2 + (longitude - view.longitude) * scale,
    y: (latitude) => size.height / 2 - (latitude - view.latitude) * scale,
  };
}

/** The view between two others; `progress` from 0 to 1. */
export function between(from, to, progress) {
  const eased = 1 - (1 - progress) ** 3;
  const mix = (one, other) => one + (other - one) * eased;
  return {
    longitude: mix(from.longitude, to.longitude),
    latitude: mix(from.latitude, to.latitude),
    // Widths mix geometrically, so that zooming in and out feels even.
    width: from.width * (to.width / from.width) ** eased,
  };
}
