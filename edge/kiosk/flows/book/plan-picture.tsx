import type { PlanView, SpaceView } from '@gatehouse/shared/api/views'
import { FloorPlan } from '@gatehouse/shared/ui/floor-plan.tsx'
import { type PlanRect, planStateOf } from '@gatehouse/shared/ui/plan-space.ts'
import { StateChip } from '@gatehouse/shared/ui/state-chip.tsx'
import { useUiWords } from '@gatehouse/shared/ui/words.ts'
import { useElementSize } from '@mantine/hooks'
import { IconZoomOut } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { ActionButton } from '../../frame/action-button.tsx'
import { useWords } from '../../words/words.ts'
import { closeUp, hasSmallSpaces } from './close-up.ts'
import css from './plan-picture.module.css'

type LevelView = PlanView['levels'][number]

const nobody: ReadonlySet<string> = new Set()

/** As wide as lets the whole level be seen between header and foot; 388 px are theirs. */
const planWidth = (level: LevelView) =>
  `max(400px, calc((100dvh / var(--kiosk-zoom) - 388px) * ${level.width / level.height}))`

/** One level to choose from by touch: what is too small for a finger is first shown closely. */
export function PlanPicture(props: {
  readonly level: LevelView
  readonly spaces: readonly SpaceView[]
  readonly chosenId: string | undefined
  readonly onChoose: (spaceId: string) => void
}): ReactNode {
  const { level, chosenId, onChoose } = props
  const t = useWords()
  const { ref, width: widthPx } = useElementSize()
  const [view, setView] = useState<PlanRect>()
  const spaces = props.spaces.filter(({ levelId }) => levelId === level.levelId)
  const press = (spaceId: string) => {
    const space = spaces.find((one) => one.spaceId === spaceId)
    if (space === undefined) return
    const whole = { x: 0, y: 0, width: level.width, height: level.height }
    const closer = closeUp({ level, spaces, view: view ?? whole, widthPx }, space)
    if (closer === undefined) onChoose(spaceId)
    else setView(closer)
  }
  return (
    <div className={css.picture}>
      <div ref={ref} className={css.plan} style={{ maxWidth: planWidth(level) }}>
        <FloorPlan {...{ level, spaces, view, selectedId: chosenId, onSelect: press }} minWidth={400} />
      </div>
      <div className={css.beside}>
        <Legend spaces={spaces} />
        {view === undefined ? (
          hasSmallSpaces({ level, spaces, widthPx }) && <p className={css.hint}>{t('book.closer')}</p>
        ) : (
          <ActionButton icon={<IconZoomOut aria-hidden />} onPress={() => setView(undefined)}>
            {t('book.wholeLevel')}
          </ActionButton>
        )}
      </div>
    </div>
  )
}

/** The word to each colour and shape of the level. */
function Legend(props: { readonly spaces: readonly SpaceView[] }): ReactNode {
  const t = useUiWords()
  const states = new Set(props.spaces.map((space) => planStateOf(space, nobody)))
  return (
    <div className={css.legend} aria-hidden>
      {(['free', 'held', 'taken', 'out'] as const)
        .filter((state) => states.has(state))
        .map((state) => (
          <StateChip key={state} state={state}>
            {t(`state.${state}`)}
          </StateChip>
        ))}
    </div>
  )
}
