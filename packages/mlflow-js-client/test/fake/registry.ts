/** Registered models and their versions, as a server keeps them. */
import { filtered, ordered, paged } from './search.js';
import { invalid, missing, Refused } from './json.js';

type Body = Record<string, unknown>;
type Pairs = { key: string; value: string }[];

interface Version {
  readonly version: string;
  readonly body: Body;
  stage: string;
  description: string;
  readonly tags: Map<string, string>;
}
interface Model {
  name: string;
  description: string;
  readonly tags: Map<string, string>;
  readonly aliases: Map<string, string>;
  readonly versions: Map<string, Version>;
  made: number;
}

const pairs = (map: Map<string, string>): Body[] => [...map].map(([key, value]) => ({ key, value }));
const tagsOf = (body: Body): Map<string, string> => new Map(((body.tags ?? []) as Pairs).map(({ key, value }) => [key, value]));

export class Registry {
  readonly models = new Map<string, Model>();

  readonly routes: Readonly<Record<string, (body: Body) => Body>> = {
    'POST registered-models/create': (body) => {
      const name = String(body.name);
      if (this.models.has(name)) throw new Refused(400, 'RESOURCE_ALREADY_EXISTS', `Registered Model (name=${name}) already exists.`);
      const model = {
        name,
        description: String(body.description ?? ''),
        tags: tagsOf(body),
        aliases: new Map(),
        versions: new Map(),
        made: 0,
      };
      this.models.set(name, model);
      return { registered_model: modelJson(model) };
    },
    'GET registered-models/get': (body) => ({ registered_model: modelJson(this.#model(body)) }),
    'GET registered-models/search': (body) => {
      const value = (model: Model, kind: string, key: string) =>
        kind === 'tags' ? model.tags.get(key) : key === 'name' ? model.name : undefined;
      const all = [...this.models.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
      const { items, token } = paged(ordered(filtered(all, body.filter, value), body.order_by, value), body);
      return { registered_models: items.map(modelJson), next_page_token: token };
    },
    'PATCH registered-models/update': (body) => {
      this.#model(body).description = String(body.description);
      return {};
    },
    'POST registered-models/rename': (body) => {
      const model = this.#model(body);
      this.models.delete(model.name);
      model.name = String(body.new_name);
      this.models.set(model.name, model);
      return {};
    },
    'DELETE registered-models/delete': (body) => {
      this.models.delete(this.#model(body).name);
      return {};
    },
    'POST registered-models/set-tag': (body) => (this.#model(body).tags.set(String(body.key), String(body.value)), {}),
    'DELETE registered-models/delete-tag': (body) => (this.#model(body).tags.delete(String(body.key)), {}),
    'POST registered-models/alias': (body) => {
      const alias = String(body.alias);
      if (!/^[\w-]{1,255}$/.test(alias) || alias === 'latest' || /^v\d+$/i.test(alias)) throw invalid(`Invalid alias name: '${alias}'`);
      const model = this.#model(body);
      model.aliases.set(alias, this.#version(model, body.version).version);
      return {};
    },
    'GET registered-models/alias': (body) => {
      const model = this.#model(body);
      const version = model.aliases.get(String(body.alias));
      if (version === undefined) throw invalid(`Registered model alias ${String(body.alias)} not found.`);
      return { model_version: versionJson(model, this.#version(model, version)) };
    },
    'DELETE registered-models/alias': (body) => (this.#model(body).aliases.delete(String(body.alias)), {}),
    'POST registered-models/get-latest-versions': (body) => ({ model_versions: latestOf(this.#model(body)) }),
    'POST model-versions/create': (body) => {
      const model = this.#model(body);
      const version = {
        version: String(++model.made),
        body,
        stage: 'None',
        description: String(body.description ?? ''),
        tags: tagsOf(body),
      };
      model.versions.set(version.version, version);
      return { model_version: versionJson(model, version) };
    },
    'GET model-versions/get': (body) => {
      const model = this.#model(body);
      return { model_version: versionJson(model, this.#version(model, body.version)) };
    },
    'GET model-versions/search': (body) => {
      const all = [...this.models.values()].flatMap((model) => [...model.versions.values()].map((version) => ({ model, version })));
      const value = ({ model, version }: (typeof all)[number], kind: string, key: string) =>
        kind === 'tags' ? version.tags.get(key) : { name: model.name, version_number: Number(version.version) }[key];
      const { items, token } = paged(ordered(filtered(all, body.filter, value), body.order_by, value), body);
      return { model_versions: items.map(({ model, version }) => versionJson(model, version)), next_page_token: token };
    },
    'PATCH model-versions/update': (body) => {
      this.#version(this.#model(body), body.version).description = String(body.description);
      return {};
    },
    'DELETE model-versions/delete': (body) => {
      const model = this.#model(body);
      model.versions.delete(this.#version(model, body.version).version);
      return {};
    },
    'POST model-versions/set-tag': (body) => (
      this.#version(this.#model(body), body.version).tags.set(String(body.key), String(body.value)),
      {}
    ),
    'DELETE model-versions/delete-tag': (body) => (this.#version(this.#model(body), body.version).tags.delete(String(body.key)), {}),
    'POST model-versions/transition-stage': (body) => {
      const model = this.#model(body);
      const version = this.#version(model, body.version);
      version.stage = String(body.stage);
      return { model_version: versionJson(model, version) };
    },
    'GET model-versions/get-download-uri': (body) => ({ artifact_uri: this.#version(this.#model(body), body.version).body.source }),
  };

  #model(body: Body): Model {
    const model = this.models.get(String(body.name));
    if (model === undefined) throw missing(`Registered Model with name=${String(body.name)} not found`);
    return model;
  }

  #version(model: Model, version: unknown): Version {
    const found = model.versions.get(String(version));
    if (found === undefined) throw missing(`Model Version (name=${model.name}, version=${String(version)}) not found`);
    return found;
  }
}

function latestOf(model: Model): Body[] {
  const latest = new Map([...model.versions.values()].map((version) => [version.stage, version]));
  return [...latest.values()].map((version) => versionJson(model, version));
}

const modelJson = (model: Model): Body => ({
  name: model.name,
  description: model.description || undefined,
  creation_timestamp: 1,
  last_updated_timestamp: 2,
  tags: pairs(model.tags),
  aliases: [...model.aliases].map(([alias, version]) => ({ alias, version })),
  latest_versions: latestOf(model),
});

const versionJson = (model: Model, { version, body, stage, description, tags }: Version): Body => ({
  name: model.name,
  version,
  creation_timestamp: 1,
  last_updated_timestamp: 2,
  current_stage: stage,
  description,
  source: body.source,
  run_id: body.run_id,
  model_id: body.model_id,
  status: 'READY',
  tags: pairs(tags),
  aliases: [...model.aliases].filter(([, of]) => of === version).map(([alias]) => alias),
});
