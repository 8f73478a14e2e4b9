import '@gatehouse/shared/ui/zod-without-eval.ts'
import { ScreenProvider } from '@gatehouse/shared/ui/theme.tsx'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { createRoot } from 'react-dom/client'
import { createAdminRouter } from './router.tsx'

const client = new QueryClient({
  // The site is on the same network whatever the browser believes about the internet.
  defaultOptions: { queries: { networkMode: 'always', retry: 1 }, mutations: { networkMode: 'always' } },
})

const place = document.getElementById('root')
if (place) {
  createRoot(place).render(
    <ScreenProvider>
      <QueryClientProvider client={client}>
        <RouterProvider router={createAdminRouter()} />
      </QueryClientProvider>
    </ScreenProvider>,
  )
}
