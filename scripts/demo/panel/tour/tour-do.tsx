import { Button } from '@mantine/core'
import { IconExternalLink } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { PanelActionInput, PanelState } from '../../panel-contract.ts'
import { usePanel } from '../live/panel-context.tsx'
import { useWords } from '../words/words.ts'
import { type TourStep, tourCast } from './tour.ts'

type Doing = { readonly href: string } | { readonly action: PanelActionInput } | undefined

/** What the button of a step does: opens a screen, or acts at a site; nothing when the demo lacks the thing. */
function doingOf(step: TourStep, state: PanelState): Doing {
  const { house, garage, cut } = tourCast(state)
  switch (step) {
    case 1:
      return house && { href: house.edge.kioskUrl }
    case 2: {
      const [door] = house?.doors ?? []
      const [person] = house?.people ?? []
      if (!house || !door || !person) return undefined
      return { action: { kind: 'tapCard', siteId: house.siteId, doorId: door.doorId, card: person.card } }
    }
    case 3: {
      const lane = garage?.lanes.find(({ direction }) => direction === 'entry')
      return garage && lane && { action: { kind: 'driveIn', siteId: garage.siteId, laneId: lane.laneId } }
    }
    case 4:
      return garage && { action: { kind: 'cutNetwork', siteId: garage.siteId } }
    case 5: {
      const site = cut ?? garage
      return site && { href: site.edge.kioskUrl }
    }
    case 6:
      return cut && { action: { kind: 'restoreNetwork', siteId: cut.siteId } }
    case 7:
      return { href: state.cloud.hqUrl }
  }
}

/** The filled button of a step. */
export function TourDo(props: { readonly step: TourStep }): ReactNode {
  const { state, act } = usePanel()
  const t = useWords()
  const doing = doingOf(props.step, state)
  const word = t(`tour.${props.step}.do`)
  if (doing === undefined) return null
  if ('action' in doing) return <Button onClick={() => void act(doing.action)}>{word}</Button>
  return (
    <Button
      component="a"
      href={doing.href}
      target="_blank"
      rel="noreferrer"
      rightSection={<IconExternalLink size={18} aria-hidden />}
    >
      {word}
    </Button>
  )
}
