import { type Language, resetLanguage } from '@gatehouse/shared/ui/language.ts'
import { useNavigate } from '@tanstack/react-router'
import { useCallback } from 'react'

// The language the kiosk starts with; the next person begins in it again.
const firstLanguage: Language = document.documentElement.lang === 'de' ? 'de' : 'en'

/** Goes to the start screen. The flow that was open forgets everything it knew, because it is no longer shown. */
export function useLeave(): () => void {
  const navigate = useNavigate()
  return useCallback(() => void navigate({ to: '/' }), [navigate])
}

/** Like `useLeave`, for when the person has gone: the language starts over, too. */
export function useWipe(): () => void {
  const leave = useLeave()
  return useCallback(() => {
    resetLanguage(firstLanguage)
    leave()
  }, [leave])
}
