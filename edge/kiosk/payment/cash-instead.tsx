import { IconCash } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { ActionButton } from '../frame/action-button.tsx'
import { useWords } from '../words/words.ts'

/** The second way to pay, beside the filled card button at the foot. */
export function CashInstead(props: { readonly busy: boolean; readonly onCash: () => void }): ReactNode {
  const t = useWords()
  return (
    <div>
      <ActionButton unavailable={props.busy} onPress={props.onCash} icon={<IconCash aria-hidden />}>
        {t('pay.cash')}
      </ActionButton>
    </div>
  )
}
