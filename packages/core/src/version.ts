/** The version of this package: what plugins name in their `core` range. Kept equal to package.json by the release script. */
export const VERSION = '0.1.0';
