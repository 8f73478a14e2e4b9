// Keeps the shell of the member app on the device, so that it opens without a network. Answers of the API are
// never kept here: what was loaded is kept by the app itself and shown with its age.
const shell = 'gatehouse-member-app-shell'

// Whoever opens the app once, such as a guest, has all of it: the page names its scripts and styles.
async function keepShell() {
  const cache = await caches.open(shell)
  const page = await fetch('/app/', { cache: 'no-cache' })
  const text = await page.clone().text()
  const assets = new Set(Array.from(text.matchAll(/"(\/app\/assets\/[^"]+)"/g), ([, path]) => path))
  await cache.addAll(['/app/icon.svg', ...assets])
  if (page.ok) await cache.put('/app/', page)
}

self.addEventListener('install', (event) => {
  event.waitUntil(keepShell())
  self.skipWaiting()
})

self.addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim())
})

async function fromNetworkFirst(request) {
  const cache = await caches.open(shell)
  try {
    const response = await fetch(request)
    if (response.ok) await cache.put('/app/', response.clone())
    return response
  } catch {
    return (await cache.match('/app/')) ?? Response.error()
  }
}

async function fromCacheFirst(request) {
  const cache = await caches.open(shell)
  const kept = await cache.match(request)
  if (kept) return kept
  const response = await fetch(request)
  if (response.ok) await cache.put(request, response.clone())
  return response
}

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url)
  if (event.request.method !== 'GET' || url.origin !== self.location.origin) return
  if (!url.pathname.startsWith('/app')) return
  if (event.request.mode === 'navigate') event.respondWith(fromNetworkFirst(event.request))
  else if (url.pathname.startsWith('/app/assets/')) event.respondWith(fromCacheFirst(event.request))
})
