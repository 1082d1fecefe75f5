/** What values of one kind have, by name: how each is made when it is asked for. */
export type FieldReaders<S, T> = { readonly [K in keyof T]: (state: S) => T[K] };

/** Values that a user's code has put in place of our own. */
export interface Overridable {
  overrides: Map<PropertyKey, unknown> | undefined;
}

/**
 * Makes objects whose fields come into being when they are read, and that look
 * like plain ones all the same: the fields are their own and enumerable, so
 * that `{ ...context }` copies them, as Connect and its users do.
 *
 * A proxy, since accessors of its own for each object cost fifty times as much
 * to make.
 */
export function ownFields<S extends object & Overridable, T extends object>(
  readers: FieldReaders<S, T>,
): (state: S) => T {
  const table = new Map(Object.entries(readers)) as Map<PropertyKey, (state: S) => unknown>;
  const names = [...table.keys()] as string[];
  const handler: ProxyHandler<S> = {
    get(state, key, receiver) {
      if (state.overrides?.has(key) === true) return state.overrides.get(key);
      const read = table.get(key);
      return read === undefined ? Reflect.get(Object.prototype, key, receiver) : read(state);
    },
    set(state, key, value) {
      override(state, key, value);
      return true;
    },
    defineProperty(state, key, descriptor) {
      // Fields with a getter, or that are hidden, would need more than a proxy can promise.
      if (!("value" in descriptor) || descriptor.configurable === false) return false;
      override(state, key, descriptor.value);
      return true;
    },
    deleteProperty: () => false,
    has: (state, key) =>
      table.has(key) || state.overrides?.has(key) === true || key in Object.prototype,
    ownKeys: (state) => keysOf(state) as string[],
    getOwnPropertyDescriptor(state, key) {
      if (!table.has(key) && state.overrides?.has(key) !== true) return undefined;
      const value = handler.get?.(state, key, state) as unknown;
      return { value, configurable: true, enumerable: true, writable: true };
    },
    getPrototypeOf: () => Object.prototype,
  };
  const keysOf = (state: S): PropertyKey[] =>
    state.overrides === undefined ? names : [...new Set([...names, ...state.overrides.keys()])];
  return (state) => new Proxy(state, handler) as unknown as T;
}

function override(state: Overridable, key: PropertyKey, value: unknown): void {
  state.overrides ??= new Map();
  state.overrides.set(key, value);
}
