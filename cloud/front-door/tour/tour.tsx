import type { DemoContent } from '@gatehouse/shared/api/demo-content'
import { Anchor, Group, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { useWords } from '../words/words.ts'

const steps = [1, 2, 3, 4, 5, 6, 7] as const
type Step = (typeof steps)[number]

interface Place {
  readonly name: string
  readonly url: string
}

/** Where each step happens. */
function usePlaces(demo: DemoContent): (step: Step) => readonly Place[] {
  const t = useWords()
  const garage = demo.sites.find(({ kind }) => kind === 'parking')
  const house = demo.sites.find(({ kind }) => kind === 'coworking')
  const memberApp = { name: t('surfaces.memberApp'), url: house ? `/app/sites/${house.siteId}` : '/app/' }
  const panel = { name: t('surfaces.panel'), url: demo.panelUrl }
  const hq = { name: t('surfaces.hq'), url: '/hq/' }
  const kiosk = garage ? [{ name: t('surfaces.kiosk', { site: garage.name }), url: garage.kioskUrl }] : []
  const board = garage ? [{ name: t('surfaces.board', { site: garage.name }), url: garage.boardUrl }] : []
  const places: Readonly<Record<Step, readonly Place[]>> = {
    1: [memberApp],
    2: [panel],
    3: [panel, ...board],
    4: [panel, hq],
    5: [...kiosk, panel],
    6: [panel, hq],
    7: [{ name: t('surfaces.hq'), url: '/hq/books' }],
  }
  return (step) => places[step]
}

/** With what a step is done that needs a log-in first. */
function LogIn(props: { readonly demo: DemoContent; readonly step: Step }): ReactNode {
  const t = useWords()
  const role = props.step === 1 ? 'member' : props.step === 4 ? 'hq' : undefined
  const login = props.demo.logins.find((one) => one.role === role)
  if (role === undefined || login === undefined) return null
  return (
    <Text size="sm">
      {t(`tour.login.${role}`)} <code className="login-value">{login.email}</code>{' '}
      <code className="login-value">{login.password}</code>
    </Text>
  )
}

/** The seven steps from a booking to books that agree, each with where to do it and what to see. */
export function Tour(props: { readonly demo: DemoContent }): ReactNode {
  const t = useWords()
  const placesOf = usePlaces(props.demo)
  return (
    <section aria-labelledby="tour">
      <Title order={2} id="tour">
        {t('tour.title')}
      </Title>
      <Text c="dimmed" mb="sm">
        {t('tour.lead')}
      </Text>
      <ol className="tour">
        {steps.map((step) => (
          <li key={step} className="gh-card tour-step">
            <span className="tour-number gh-figures" aria-hidden="true">
              {step}
            </span>
            <div>
              <Title order={3}>{t(`tour.${step}`)}</Title>
              <Text>{t(`tour.${step}.do`)}</Text>
              <LogIn demo={props.demo} step={step} />
              <Text size="sm" c="dimmed">
                {t('tour.watch', { what: t(`tour.${step}.see`) })}
              </Text>
              <Group gap="4px 16px" mt={4}>
                {placesOf(step).map((place) => (
                  <Anchor key={place.url} href={place.url} target="_blank" rel="noreferrer" size="sm">
                    {place.name}
                  </Anchor>
                ))}
              </Group>
            </div>
          </li>
        ))}
      </ol>
    </section>
  )
}
