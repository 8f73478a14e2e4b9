import '@gatehouse/shared/ui/zod-without-eval.ts'
import { ScreenProvider } from '@gatehouse/shared/ui/theme.tsx'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { FrontDoor } from './front-door.tsx'

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <ScreenProvider>
        <FrontDoor />
      </ScreenProvider>
    </StrictMode>,
  )
}
