import '@gatehouse/shared/ui/zod-without-eval.ts'
import { ScreenProvider } from '@gatehouse/shared/ui/theme.tsx'
import { createRoot } from 'react-dom/client'
import { Panel } from './panel.tsx'

const place = document.getElementById('root')
if (place) {
  createRoot(place).render(
    <ScreenProvider>
      <Panel />
    </ScreenProvider>,
  )
}
