/** The folders of a tree `mlruns`: experiments, found by name. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readYaml, writeYaml } from './yaml.js';

export interface TreeExperiment {
  readonly id: string;
  /** Where the artifacts of its runs go, as a URI. */
  readonly artifactLocation: string;
}

/** Writes beside the target and renames: a reader sees the old file or the new one. */
export async function replaceFile(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  // A name of its own, for each that writes at the same time; the target's may be as long as a file system allows.
  const temporary = join(dirname(path), `.${randomBytes(6).toString('hex')}.tmp`);
  const file = await open(temporary, 'w');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}

export const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** The experiment of that name, made where there is none. */
export async function ensureExperiment(root: string, name: string): Promise<TreeExperiment> {
  const found = await findExperiment(root, (_id, meta) => meta.name === name);
  if (found !== undefined) return found;
  const id = name === 'Default' ? '0' : await freeId(root, name);
  const artifactLocation = pathToFileURL(join(root, id)).href;
  const now = Date.now();
  const meta = {
    artifact_location: artifactLocation,
    creation_time: now,
    experiment_id: id,
    last_update_time: now,
    lifecycle_stage: 'active',
    name,
  };
  await replaceFile(join(root, id, 'meta.yaml'), writeYaml(meta));
  return { id, artifactLocation };
}

/**
 * An id for an experiment of that name: made of the name, so that all who make it at the same time make the same one. Digits only: MLflow
 * moves no other experiment to a database.
 */
async function freeId(root: string, name: string): Promise<string> {
  const id = digitsOf(createHash('sha256').update(name).digest());
  // One that was renamed since, or deleted, keeps its id.
  const [here, deleted] = [await readMeta(join(root, id)), await readMeta(join(root, '.trash', id))];
  return deleted === undefined && (here === undefined || here.name === name) ? id : digitsOf(randomBytes(32));
}

/** 18 digits, as MLflow's own ids have. */
const digitsOf = (bytes: Buffer): string => String(10n ** 17n + (bytes.readBigUInt64BE() % (9n * 10n ** 17n)));

/** The first experiment for which something is found. */
export async function findExperiment(
  root: string,
  has: (id: string, meta: Record<string, string>) => unknown,
): Promise<TreeExperiment | undefined> {
  for (const id of await readdir(root).catch(() => [])) {
    const meta = await readMeta(join(root, id));
    if (meta?.experiment_id === id && (await has(id, meta))) return { id, artifactLocation: meta.artifact_location };
  }
  return undefined;
}

/** The experiment of that id. */
export async function getExperiment(root: string, id: string): Promise<TreeExperiment | undefined> {
  const meta = await readMeta(join(root, id));
  return meta === undefined ? undefined : { id, artifactLocation: meta.artifact_location };
}

export async function readMeta(folder: string): Promise<Record<string, string> | undefined> {
  try {
    return readYaml(await readFile(join(folder, 'meta.yaml'), 'utf8'));
  } catch {
    return undefined;
  }
}
