import { Kind, type ValueNode } from 'graphql';
import type { Shape } from '../input/wire-shape.ts';
import { enumNames, nameOf } from './enum-names.ts';

type Variables = Readonly<Record<string, unknown>>;

/** A value as a document writes it, with the variables it names; undefined for a variable nobody gave. */
export function valueOf(node: ValueNode, variables: Variables): unknown {
  switch (node.kind) {
    case Kind.VARIABLE:
      return Object.hasOwn(variables, node.name.value) ? variables[node.name.value] : undefined;
    case Kind.INT:
    case Kind.FLOAT: {
      const number = Number(node.value);
      // What a double cannot hold stays text, which the use case's schema then refuses where it stands.
      return node.kind === Kind.FLOAT || Number.isSafeInteger(number) ? number : node.value;
    }
    case Kind.NULL:
      return null;
    case Kind.LIST:
      return node.values.map((item) => valueOf(item, variables) ?? null);
    case Kind.OBJECT:
      return Object.fromEntries(
        node.fields
          .map((field) => [field.name.value, valueOf(field.value, variables)] as const)
          .filter(([, value]) => value !== undefined),
      );
    case Kind.BOOLEAN:
    case Kind.STRING:
    case Kind.ENUM:
      return node.value;
  }
}

/**
 * An argument as the JSON a use case takes. Nothing is judged here: what does not fit its type goes on as it is, so that
 * the use case's schema refuses all of it at once and in the words of every other handler.
 */
export function fromGraph(shape: Shape, value: unknown): unknown {
  if (value === null || value === undefined) return value;
  switch (shape.kind) {
    case 'choice':
      return typeof value === 'string' ? (enumNames(shape.values)?.get(value) ?? value) : value;
    case 'list':
      // A single value stands for a list of it, as GraphQL has it.
      return (Array.isArray(value) ? value : [value]).map((item) => fromGraph(shape.item, item));
    case 'object': {
      if (typeof value !== 'object' || Array.isArray(value)) return value;
      const members = new Map(shape.members.map((member) => [member.name, member]));
      const entries = Object.entries(value).flatMap(([name, item]) => {
        const member = members.get(name);
        if (member === undefined) return [[name, item] as const];
        // Clients write null for what they leave out.
        const isLeftOut = item === null && !member.required && !member.shape.nullable;
        return isLeftOut ? [] : [[name, fromGraph(member.shape, item)] as const];
      });
      return Object.fromEntries(entries);
    }
    default:
      return value;
  }
}

/** What a use case answered, with the names enumerations have here. */
export function toGraph(shape: Shape, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  switch (shape.kind) {
    case 'choice':
      return typeof value === 'string' && enumNames(shape.values) !== null ? nameOf(value) : value;
    case 'list':
      // Outputs follow their schema.
      return (value as readonly unknown[]).map((item) => toGraph(shape.item, item));
    case 'object': {
      const members = value as Readonly<Record<string, unknown>>;
      return Object.fromEntries(
        shape.members.map((member) => [member.name, toGraph(member.shape, members[member.name])]),
      );
    }
    default:
      return value;
  }
}
