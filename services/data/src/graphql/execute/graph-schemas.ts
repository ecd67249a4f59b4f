import { BoundedCache } from '@ashlar/kernel';
import type { Snapshot } from '@ashlar/postgres';
import type { Project } from '@ashlar/service';
import type { GraphQLSchema } from 'graphql';
import { type Operation, readOperation } from '@ashlar/graphql';
import { buildSchema, buildWholeSchema } from '../schema/build-schema.ts';
import { describeGraph } from '../schema/describe-graph.ts';
import type { GraphModel } from '../schema/graph-model.ts';
import { readRoleAccess } from '../schema/role-access.ts';

/** Schemas kept per snapshot: those of three roles, for what is exposed and for some suites. */
const MAX_SCHEMAS = 16;
/** Valid documents kept per schema, so that a client's own are read once. */
const MAX_DOCUMENTS = 500;
/** Longer documents are read each time: keeping them would cost more memory than reading them costs time. */
const MAX_KEPT_LENGTH = 16 * 1024;

/** Larger schemas are not kept whole, only while memory allows: one of 2,000 tables takes 120 MiB, one of 50 takes 3. */
const MAX_KEPT_ENTITIES = 200;

/** Kept for GraphQL by Supabase's clients and without tables of its own. */
const GRAPHQL_SCHEMA = 'graphql_public';

/** One role's schema, with the documents it has proved valid. */
export class RoleSchema {
  readonly model: GraphModel;
  readonly schema: GraphQLSchema;
  readonly #documents = new BoundedCache<string, Operation>(MAX_DOCUMENTS);

  #whole: WeakRef<GraphQLSchema> | undefined;
  #keptWhole: GraphQLSchema | undefined;

  constructor(model: GraphModel) {
    this.model = model;
    this.schema = buildSchema(model);
  }

  /** The schema with all its types, for introspection. */
  get whole(): GraphQLSchema {
    const known = this.#keptWhole ?? this.#whole?.deref();
    if (known !== undefined) return known;
    const made = buildWholeSchema(this.model);
    if (this.model.entities.size <= MAX_KEPT_ENTITIES) this.#keptWhole = made;
    else this.#whole = new WeakRef(made);
    return made;
  }

  /** @throws GraphQLError | DocumentError; documents with errors are not kept. */
  operation(text: string, name: string | null): Operation {
    const key = `${name ?? ''}\n${text}`;
    const known = this.#documents.get(key);
    if (known !== undefined) return known;
    const made = readOperation(text, name, this.schema, this.model.introspection);
    if (text.length <= MAX_KEPT_LENGTH) this.#documents.set(key, made);
    return made;
  }
}

/** The GraphQL schemas of each snapshot; they go with it. */
export class GraphSchemas {
  readonly #bySnapshot = new WeakMap<Snapshot, BoundedCache<string, Promise<RoleSchema>>>();

  /** @throws What `ProjectDatabase.call` throws. */
  async of({ database, settings }: Project, snapshot: Snapshot, role: string): Promise<RoleSchema> {
    const schemas = settings.rest.schemas.filter((schema) => schema !== GRAPHQL_SCHEMA);
    const kept = this.#bySnapshot.get(snapshot) ?? new BoundedCache(MAX_SCHEMAS);
    this.#bySnapshot.set(snapshot, kept);
    const key = JSON.stringify([role, ...schemas]);
    const known = kept.get(key);
    if (known !== undefined) return known;
    const made = readRoleAccess(database, role, schemas).then(
      (access) => new RoleSchema(describeGraph(snapshot, access, schemas)),
    );
    kept.set(key, made);
    // A failure is for those who waited, not for those who come later.
    made.catch(() => kept.delete(key));
    return made;
  }
}
