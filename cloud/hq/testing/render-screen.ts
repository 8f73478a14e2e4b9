import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createMemoryHistory, RouterProvider } from '@tanstack/react-router'
import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { router } from '../router.tsx'

/** The HTML of the screen at an address below `/hq`, for somebody of HQ, over the answers that `fill` puts there. */
export async function renderScreen(address: string, fill: (client: QueryClient) => void): Promise<string> {
  const client = new QueryClient()
  client.setQueryData<unknown>(['me'], { displayName: 'HQ (demo)', role: 'hq' })
  fill(client)
  router.update({ ...router.options, history: createMemoryHistory({ initialEntries: [`/hq${address}`] }) })
  await router.load()
  const app = createElement(
    QueryClientProvider,
    { client },
    createElement(RouterProvider, { router: router as never }),
  )
  return renderToString(createElement(MantineProvider, null, app))
}
