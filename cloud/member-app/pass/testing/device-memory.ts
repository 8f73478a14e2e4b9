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

type Stores = Map<string, Map<string, unknown>>

/** What the pass screens need of IndexedDB, in memory; values are cloned as a browser clones them. */
export function deviceMemory(): IDBFactory {
  const databases = new Map<string, Stores>()
  const open = (name: string) => {
    const isNew = !databases.has(name)
    const stores = databases.get(name) ?? new Map()
    databases.set(name, stores)
    return new Answered(databaseOf(stores), isNew)
  }
  const deleteDatabase = (name: string) => new Answered(databases.delete(name) && undefined)
  return { open, deleteDatabase } as unknown as IDBFactory
}

function databaseOf(stores: Stores) {
  const objectStore = (name: string) => {
    const kept = stores.get(name) ?? new Map<string, unknown>()
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
  return {
    createObjectStore: (name: string) => stores.set(name, new Map()),
    transaction,
    close: () => undefined,
  }
}
