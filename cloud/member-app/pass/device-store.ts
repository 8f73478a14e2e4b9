/** What the pass screen keeps on the device: one holder key, and the passes it holds. */
const databaseName = 'gatehouse-passes'
const stores = ['keys', 'passes'] as const
type StoreName = (typeof stores)[number]

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(databaseName, 1)
    request.onupgradeneeded = () => {
      for (const name of stores) request.result.createObjectStore(name)
    }
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

async function run<T>(
  store: StoreName,
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await open()
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(store, mode)
      const request = work(transaction.objectStore(store))
      transaction.oncomplete = () => resolve(request.result)
      transaction.onabort = () => reject(transaction.error)
    })
  } finally {
    database.close()
  }
}

/** Reads what was kept under a name; `undefined` when nothing was. */
export function readKept(store: StoreName, name: string): Promise<unknown> {
  return run(store, 'readonly', (kept) => kept.get(name))
}

/** Keeps a value, keys of the browser included; resolves once it is written. */
export async function keep(store: StoreName, name: string, value: unknown): Promise<void> {
  await run(store, 'readwrite', (kept) => kept.put(value, name))
}

/** Forgets what was kept under a name. */
export async function forgetKept(store: StoreName, name: string): Promise<void> {
  await run(store, 'readwrite', (kept) => kept.delete(name))
}

/** Forgets the key and every pass of this device: at log-out. */
export function forgetPasses(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof indexedDB === 'undefined') return resolve()
    const request = indexedDB.deleteDatabase(databaseName)
    // Another tab may hold it open; logging out does not wait for that.
    for (const event of ['success', 'error', 'blocked']) request.addEventListener(event, () => resolve())
  })
}
