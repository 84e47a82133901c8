/** Who asks: HTTP basic, a bearer token, or headers made anew for every request. */
import { MlflowError } from '../errors.js';

/** Headers by name. */
export type HeaderValues = Headers | Readonly<Record<string, string>>;

/**
 * Credentials. Either user and password (HTTP basic), or a bearer token, or a function asked before every attempt, for tokens
 * that expire and for signatures.
 */
export type Auth =
  | { readonly username: string; readonly password: string }
  | { readonly token: string }
  | (() => HeaderValues | Promise<HeaderValues>);

export const toHeaders = (values: HeaderValues | undefined): Headers =>
  new Headers(values instanceof Headers || values === undefined ? values : Object.entries(values));

/** The headers of {@link Auth}. */
export async function authHeaders(auth: Auth | undefined): Promise<Headers> {
  if (auth === undefined) return new Headers();
  if (typeof auth === 'function') return toHeaders(await auth());
  if ('token' in auth) return new Headers({ authorization: `Bearer ${auth.token}` });
  return new Headers({ authorization: `Basic ${base64(`${auth.username}:${auth.password}`)}` });
}

/** The secret texts of credentials, as they could show up in an answer. */
export function secretsOf(auth: Auth | undefined): string[] {
  if (auth === undefined || typeof auth === 'function') return [];
  return 'token' in auth ? [auth.token] : [auth.password, base64(`${auth.username}:${auth.password}`)];
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/** A tracking URI as its place and its credentials: `https://user:secret@host/prefix/` has both. */
export function splitUri(uri: string): { readonly base: string; readonly auth: Auth | undefined } {
  if (!/^https?:\/\//i.test(uri) || !URL.canParse(uri)) {
    throw new MlflowError('INVALID_ARGUMENT', {
      what: 'The tracking URI is not one of a server',
      received: `'${uri.replace(/\/\/[^/@]*@/, '//***@')}'`,
      expected: 'http(s)://host[:port][/prefix]',
      fix: 'A path or file: URI is written to by the spool (`mlflow-js-client/node`); `databricks` needs its https URI and a token.',
    });
  }
  const url = new URL(uri);
  const { username, password } = url;
  const auth = username === '' ? undefined : { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  return { base: `${url.origin}${url.pathname}`.replace(/\/+$/, ''), auth };
}
