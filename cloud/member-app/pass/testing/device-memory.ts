/** A request of IndexedDB that is answered at once. */
class Answered extends EventTarget {
  readonly result: unknown
  readonly error = null
  onsuccess: (() => void) | null = null
  onupgradeneeded: (() => void) | null = null

  constructor(result: unknown, isNew = false) {
    super()
    this.result = result
    queueMicrotask(() => {
      if (isNew) this.onupgradeneeded?.()
      this.onsuccess?.()
      this.dispatchEvent(new Event('success'))
    })
  }
}

/** What the pass screen needs of IndexedDB, in memory; values are cloned as a browser clones them. */
export function deviceMemory(): IDBFactory {
  let stores: Map<string, Map<string, unknown>> | undefined
  const objectStore = (name: string) => {
    const kept = stores?.get(name) ?? new Map<string, unknown>()
    return {
      get: (key: string) => new Answered(kept.get(key)),
      put: (value: unknown, key: string) => new Answered(kept.set(key, structuredClone(value)) && key),
      delete: (key: string) => new Answered(kept.delete(key) && undefined),
    }
  }
  const transaction = () => {
    const begun = { objectStore, oncomplete: null as (() => void) | null, onabort: null }
    // After the request that the caller makes at once.
    queueMicrotask(() => queueMicrotask(() => begun.oncomplete?.()))
    return begun
  }
  const database = {
    createObjectStore: (name: string) => stores?.set(name, new Map()),
    transaction,
    close: () => undefined,
  }
  const open = () => {
    const isNew = stores === undefined
    stores ??= new Map()
    return new Answered(database, isNew)
  }
  const deleteDatabase = () => {
    stores = undefined
    return new Answered(undefined)
  }
  return { open, deleteDatabase } as unknown as IDBFactory
}
