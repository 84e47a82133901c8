/** What a server takes at most; MLflow's own limits, from version 2.9 on. */

/** Of one log-batch request. */
export const MAX_METRICS = 1000;
export const MAX_PARAMS = 100;
export const MAX_TAGS = 100;
/** Metrics, params and tags together. */
export const MAX_ENTRIES = 1000;
/** Bytes of a request: 1 MB is documented, and gateways hold to it. */
export const MAX_REQUEST_BYTES = 900_000;
/** Characters of the key of a metric, param or tag. */
export const MAX_KEY = 250;
export const MAX_PARAM_VALUE = 6000;
/** From 2.17 on; see {@link MAX_TAG_VALUE_BEFORE_2_17}. */
export const MAX_TAG_VALUE = 8000;
export const MAX_TAG_VALUE_BEFORE_2_17 = 5000;
export const MAX_EXPERIMENT_NAME = 500;
/** Results of one page. */
export const MAX_HISTORY_PAGE = 25_000;
