/** The server that the cases run on: the fake one, or a real one. */
export interface ServerUnderTest {
  readonly uri: string;
  /** `3.17.2` */
  readonly version: string;
}

/** Whether the server under test is at least of this major version. */
export const since = (server: ServerUnderTest, major: number): boolean => Number(server.version.split('.')[0]) >= major;

let names = 0;
/** A name that nobody had before, in this run or in another one on the same server. */
export const fresh = (name: string): string => `${name}-${process.pid}-${Date.now().toString(36)}-${names++}`;
