import '@gatehouse/shared/ui/zod-without-eval.ts'
import { isProblem } from '@gatehouse/shared/ui/api.ts'
import { ScreenProvider } from '@gatehouse/shared/ui/theme.tsx'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { keepAnswers } from './api/kept-answers.ts'
import { router } from './router.tsx'

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      gcTime: 24 * 3_600_000,
      // The live socket says what changed; this is the net below it.
      refetchInterval: 60_000,
      retry: (failures, error) => failures < 2 && isProblem(error) && error.retryable,
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
})

keepAnswers(client)

if ('serviceWorker' in navigator && import.meta.env.PROD) {
  void navigator.serviceWorker.register('/app/sw.js', { scope: '/app/' }).catch(() => undefined)
}

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <ScreenProvider>
        <QueryClientProvider client={client}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </ScreenProvider>
    </StrictMode>,
  )
}
