import type { HelpCallView } from '@gatehouse/shared/api/views'
import { Notice } from '@gatehouse/shared/ui/faces.tsx'
import { formatTime } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { IconBellRinging, IconPhone } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useAction } from '../action/use-action.ts'
import { ActionButton } from '../frame/action-button.tsx'
import { useLeave } from '../frame/leave.ts'
import { StepFrame } from '../frame/step-frame.tsx'
import { callHelp } from '../site/kiosk-api.ts'
import { useSite } from '../site/site-context.tsx'
import { useWords } from '../words/words.ts'
import css from './help.module.css'

const topics = [
  { topic: 'door', feature: 'check_in' },
  { topic: 'reference', feature: 'check_in' },
  { topic: 'cancel', feature: 'check_in' },
  { topic: 'ticket', feature: 'pay_parking' },
  { topic: 'exit', feature: 'pay_parking' },
  { topic: 'money', feature: undefined },
] as const

/** What to do when something does not work, for what this site has. */
export function Help(): ReactNode {
  const { site } = useSite()
  const t = useWords()
  const leave = useLeave()
  const [called, setCalled] = useState<HelpCallView>()
  const call = useAction((_: null, key) => callHelp(key), setCalled)
  const shown = topics.filter(({ feature }) => feature === undefined || site.features.includes(feature))
  return (
    <StepFrame
      title={t('help.title')}
      problem={call.problem}
      onBack={leave}
      primary={
        <ActionButton
          tone="primary"
          busy={call.busy}
          icon={<IconBellRinging aria-hidden />}
          onPress={() => call.start(null)}
        >
          {t('help.call')}
        </ActionButton>
      }
    >
      {called === undefined ? <p className={css.callText}>{t('help.callText')}</p> : <Called call={called} />}
      <div className={css.topics}>
        {shown.map(({ topic }) => (
          <section key={topic} className={css.topic}>
            <h2>{t(`help.${topic}`)}</h2>
            <p>{t(`help.${topic}Text`)}</p>
          </section>
        ))}
      </div>
      <p className={css.emergency}>
        <IconPhone aria-hidden style={{ flex: 'none' }} /> {t('help.emergency')}
      </p>
    </StepFrame>
  )
}

/** What came of the call, and what happens next. */
function Called(props: { readonly call: HelpCallView }): ReactNode {
  const { calledMs, repeated, lineUp } = props.call
  const { site } = useSite()
  const { locale } = useLanguage()
  const t = useWords()
  const time = formatTime(calledMs, locale, 'time', site.timeZone)
  return (
    <Notice tone={lineUp ? 'plain' : 'held'} title={t('help.called', { time })}>
      {t(lineUp ? 'help.calledText' : 'help.calledOffline')} {repeated ? t('help.calledAgain') : null}
    </Notice>
  )
}
