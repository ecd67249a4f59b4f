import type { AnyUseCase, Suite } from '@ashlar/kernel';
import { camelName, capital, pascalName } from '../input/contract-name.ts';
import { wireSchema } from '../input/wire-schema.ts';
import { type Member, type Shape, shapeOf } from '../input/wire-shape.ts';
import { enumNames } from './enum-names.ts';

/** Arguments of every command, beside its input. */
export const KEY_ARGUMENT = 'idempotencyKey';
export const DRY_RUN_ARGUMENT = 'dryRun';

export interface SdlForm {
  /** Beside tables, whose `Query` is there already. */
  readonly extendsQuery?: boolean;
  /** Fields take nothing: for running what was validated and read by hand. */
  readonly withoutArguments?: boolean;
}

const JSON_SCALAR = 'Json';
const INTEGER_SCALAR = 'SafeInt';
const SCALARS: Readonly<Record<string, string>> = {
  [JSON_SCALAR]: 'Any value of JSON, such as texts by language',
  [INTEGER_SCALAR]: 'A whole number of up to 53 bits',
};

/** The use cases of a suite in GraphQL's schema language: commands are mutations, queries are queries. */
export function printSdl(suite: Suite, form: SdlForm = {}): string {
  const types = new Types();
  const fields = { query: [] as string[], mutation: [] as string[] };
  for (const useCase of suite.useCases) {
    const { graphql } = useCase.on;
    if (graphql !== 'query' && graphql !== 'mutation') continue;
    fields[graphql].push(...describe(useCase.summary, '  '), `  ${fieldOf(useCase, types, form)}`);
  }
  const query = fields.query.length > 0 ? fields.query : ['  "There is nothing to ask"', '  _: Boolean'];
  const root = form.extendsQuery === true ? 'extend type Query' : 'type Query';
  return [
    ...(form.extendsQuery === true && fields.query.length === 0 ? [] : [block(root, query)]),
    ...(fields.mutation.length === 0 ? [] : [block('type Mutation', fields.mutation)]),
    ...(form.extendsQuery === true && fields.mutation.length > 0 ? ['extend schema { mutation: Mutation }'] : []),
    ...types.blocks(),
    '',
  ].join('\n\n');
}

function fieldOf(useCase: AnyUseCase, types: Types, { withoutArguments = false }: SdlForm): string {
  const name = pascalName(useCase.name);
  const result = types.output(shapeOf(wireSchema(useCase.output)), `${name}Result`);
  const given = withoutArguments ? [] : argumentsOf(useCase, types, `${name}Input`);
  return `${camelName(useCase.name)}${given.length === 0 ? '' : `(${given.join(', ')})`}: ${result}`;
}

function argumentsOf({ kind, input }: AnyUseCase, types: Types, name: string): readonly string[] {
  const shape = shapeOf(wireSchema(input));
  const isEmpty = shape.kind === 'object' && shape.members.length === 0;
  const needed = shape.kind === 'object' && shape.members.some((member) => isNeeded(member));
  return [
    ...(isEmpty ? [] : [`input: ${types.input(shape, name)}${needed ? '!' : ''}`]),
    ...(kind === 'query' ? [] : [`${KEY_ARGUMENT}: String`, `${DRY_RUN_ARGUMENT}: Boolean`]),
  ];
}

function isNeeded({ required, shape }: Member): boolean {
  return required && !shape.nullable;
}

/** Types as they are met, each printed once. */
class Types {
  readonly #printed = new Map<string, string>();
  readonly #scalars = new Set<string>();

  blocks(): readonly string[] {
    const scalars = [...this.#scalars].map((name) => `"${SCALARS[name] ?? ''}"\nscalar ${name}`);
    return [...this.#printed.values(), ...scalars];
  }

  input(shape: Shape, name: string): string {
    return this.#typeOf(shape, name, 'input');
  }

  output(shape: Shape, name: string): string {
    return this.#typeOf(shape, name, 'type');
  }

  #typeOf(shape: Shape, name: string, form: 'input' | 'type'): string {
    switch (shape.kind) {
      case 'text':
        return 'String';
      case 'boolean':
        return 'Boolean';
      case 'number':
        return 'Float';
      case 'integer':
        return shape.isSmall ? 'Int' : this.#scalar(INTEGER_SCALAR);
      case 'map':
      case 'any':
        return this.#scalar(JSON_SCALAR);
      case 'choice': {
        const values = enumNames(shape.values);
        return values === null
          ? 'String'
          : this.#add(
              name,
              block(
                `enum ${name}`,
                [...values.keys()].map((one) => `  ${one}`),
              ),
            );
      }
      case 'list':
        return `[${this.#typeOf(shape.item, name, form)}${shape.item.nullable ? '' : '!'}]`;
      case 'object':
        return shape.members.length === 0 ? this.#scalar(JSON_SCALAR) : this.#object(shape, name, form);
    }
  }

  #object(shape: Shape & { readonly kind: 'object' }, path: string, form: 'input' | 'type'): string {
    const { title, members } = shape;
    const name = title === null ? path : form === 'input' ? `${title}Input` : title;
    const lines = members.flatMap((member) => [
      ...describe(member.description, '  '),
      `  ${member.name}: ${this.#typeOf(member.shape, name + capital(member.name), form)}${isNeeded(member) ? '!' : ''}`,
    ]);
    return this.#add(name, block(`${form} ${name}`, lines));
  }

  #add(name: string, printed: string): string {
    const known = this.#printed.get(name);
    if (known !== undefined && known !== printed) throw new Error(`Two different types would be ${name}`);
    this.#printed.set(name, printed);
    return name;
  }

  #scalar(name: string): string {
    this.#scalars.add(name);
    return name;
  }
}

function block(head: string, lines: readonly string[]): string {
  return [`${head} {`, ...lines, '}'].join('\n');
}

function describe(text: string | undefined, indent: string): readonly string[] {
  return text === undefined ? [] : [`${indent}${JSON.stringify(text)}`];
}
