/** Set by people: a Redis server that tests may use. */
export const TEST_REDIS_URL = "HOLDFAST_TEST_REDIS_URL";

/** Set by people to `off`: Docker is left alone. */
export const TEST_DOCKER = "HOLDFAST_TEST_DOCKER";

/** Set by people: a Chromium or Chrome program. */
export const TEST_CHROMIUM = "HOLDFAST_TEST_CHROMIUM";

/** Set by the test run for its tests: the `redis-server` program that was found. */
export const REDIS_SERVER_BINARY = "HOLDFAST_REDIS_SERVER_BIN";

/** Set by the test run for its tests: the Docker image in which servers run. */
export const REDIS_IMAGE = "HOLDFAST_REDIS_IMAGE";

/** Set by the test run for its tests: the Chromium program that was found. */
export const CHROMIUM_BINARY = "HOLDFAST_CHROMIUM_BIN";

/** What to do when there is no Redis. */
export const REDIS_ADVICE: string = [
  "The tests need a Redis server and found none. Any one of these helps:",
  "  - install Redis 7 or newer, so that redis-server is on the PATH (https://redis.io/docs/latest/operate/oss_and_stack/install/);",
  "  - start Docker;",
  "  - on Debian or Ubuntu, run the tests as root or with password-less sudo: they install redis-server by apt-get.",
  `${TEST_REDIS_URL} (as in redis://127.0.0.1:6379) lends the tests a running server for what one shared server can do;`,
  "tests that crash or freeze servers, and the cluster's, still need one of the above.",
].join("\n");

/** What to do when there is no Chromium. */
export const CHROMIUM_ADVICE: string = [
  "The tests need Chromium and found none. Any one of these helps:",
  "  - install Chromium or Chrome, so that it is on the PATH;",
  `  - set ${TEST_CHROMIUM} to the program's full path;`,
  "  - run: npx playwright install chromium",
  "  - on Debian or Ubuntu, run the tests as root or with password-less sudo: they install chromium by apt-get.",
].join("\n");
