/**
 * What the pass screens keep on the device: a holder key, and the passes it holds. Those of guests lie apart: they belong to
 * the phone and outlive a log-in.
 */
export type DeviceDatabase = 'gatehouse-passes' | 'gatehouse-guest-passes'
const ofMember: DeviceDatabase = 'gatehouse-passes'
const stores = ['keys', 'passes'] as const
type StoreName = (typeof stores)[number]

function open(name: DeviceDatabase): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1)
    request.onupgradeneeded = () => {
      for (const name of stores) request.result.createObjectStore(name)
    }
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

async function run<T>(
  database: DeviceDatabase,
  store: StoreName,
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const opened = await open(database)
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = opened.transaction(store, mode)
      const request = work(transaction.objectStore(store))
      transaction.oncomplete = () => resolve(request.result)
      transaction.onabort = () => reject(transaction.error)
    })
  } finally {
    opened.close()
  }
}

/** Reads what was kept under a name; `undefined` when nothing was. */
export function readKept(store: StoreName, name: string, database = ofMember): Promise<unknown> {
  return run(database, store, 'readonly', (kept) => kept.get(name))
}

/** Keeps a value, keys of the browser included; resolves once it is written. */
export async function keep(
  store: StoreName,
  name: string,
  value: unknown,
  database = ofMember,
): Promise<void> {
  await run(database, store, 'readwrite', (kept) => kept.put(value, name))
}

/** Forgets what was kept under a name. */
export async function forgetKept(store: StoreName, name: string, database = ofMember): Promise<void> {
  await run(database, store, 'readwrite', (kept) => kept.delete(name))
}

/** Forgets the key and every pass of the member on this device: at log-out. */
export function forgetPasses(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof indexedDB === 'undefined') return resolve()
    const request = indexedDB.deleteDatabase(ofMember)
    // Another tab may hold it open; logging out does not wait for that.
    for (const event of ['success', 'error', 'blocked']) request.addEventListener(event, () => resolve())
  })
}
