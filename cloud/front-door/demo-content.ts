import { type DemoContent, demoContentSchema } from '@gatehouse/shared/api/demo-content'
import { createApi, isProblem } from '@gatehouse/shared/ui/api.ts'
import { useEffect, useState } from 'react'

const api = createApi({ baseUrl: '' })
const retryMs = 3_000

/** What the cloud says about its demo; `undefined` in production, where there is none. */
export function useDemoContent(): DemoContent | undefined {
  const [content, setContent] = useState<DemoContent>()
  useEffect(() => {
    const ended = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const load = () => {
      api.get('/demo.json', demoContentSchema, ended.signal).then(setContent, (error: unknown) => {
        // Only a cloud that is just starting is asked again; 404 says that there is no demo.
        const starting = isProblem(error) && (error.problem.status === 503 || error.code === 'unreachable')
        if (starting && !ended.signal.aborted) timer = setTimeout(load, retryMs)
      })
    }
    load()
    return () => {
      clearTimeout(timer)
      ended.abort()
    }
  }, [])
  return content
}
