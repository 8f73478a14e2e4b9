import type { PlanView, SpaceView } from '@gatehouse/shared/api/views'
import { ClosedThen } from '@gatehouse/shared/ui/closed-then.tsx'
import { Faces, Notice } from '@gatehouse/shared/ui/faces.tsx'
import { localDate } from '@gatehouse/shared/ui/format.ts'
import { useGivenNames } from '@gatehouse/shared/ui/given-names.ts'
import { usePriceText } from '@gatehouse/shared/ui/money.tsx'
import { useServerNowMs } from '@gatehouse/shared/ui/server-clock.ts'
import { useHolidayWords, useSpaceFacts } from '@gatehouse/shared/ui/space-facts.ts'
import { SpaceList } from '@gatehouse/shared/ui/space-list.tsx'
import { IntervalText } from '@gatehouse/shared/ui/time-text.tsx'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Segments } from '../../choice/segments.tsx'
import { ActionButton } from '../../frame/action-button.tsx'
import { StepFrame } from '../../frame/step-frame.tsx'
import { readPlan } from '../../site/kiosk-api.ts'
import { useSite } from '../../site/site-context.tsx'
import { useWords } from '../../words/words.ts'
import type { Pick, Wish } from './book-flow.ts'
import { isLent, LentNote } from './lent.tsx'
import { PlanPicture } from './plan-picture.tsx'
import { wishedInterval } from './start-times.ts'

const isChoosable = (space: SpaceView) => space.bookable && (space.status === 'free' || isLent(space))

/** Second step: the live plan, and the same as a list of what is free, or can be asked for. */
export function SpaceStep(props: {
  readonly wish: Wish
  readonly onPick: (pick: Pick) => void
  readonly onBack: () => void
}): ReactNode {
  const { site } = useSite()
  const priceText = usePriceText()
  const t = useWords()
  const factsOf = useSpaceFacts()
  const now = useServerNowMs(60_000)
  const [{ fromMs, toMs }] = useState(() => wishedInterval(props.wish, now))
  const [chosenId, setChosenId] = useState<string>()
  const plan = useQuery({
    queryKey: ['plan', fromMs, toMs],
    queryFn: ({ signal }) => readPlan(fromMs, toMs, signal),
    refetchInterval: 10_000,
  })
  const chosen = plan.data?.spaces.find((space) => space.spaceId === chosenId && isChoosable(space))
  const price = chosen?.price && priceText(chosen.price)
  return (
    <StepFrame
      title={t('book.spaceTitle')}
      lead={
        <>
          <IntervalText fromMs={fromMs} toMs={toMs} timeZone={site.timeZone} />
          {chosen && factsOf(chosen).length > 0 ? ` · ${chosen.name}: ${factsOf(chosen).join(', ')}` : null}
        </>
      }
      onBack={props.onBack}
      primary={
        <ActionButton
          tone="primary"
          unavailable={chosen === undefined || (isLent(chosen) && site.link.state !== 'live')}
          onPress={() => chosen && props.onPick({ space: chosen, fromMs, toMs })}
        >
          {chosen === undefined
            ? t('book.takeNothing')
            : t(isLent(chosen) ? 'book.askFor' : 'book.take', { name: chosen.name, price: price ?? '' })}
        </ActionButton>
      }
    >
      <ClosedThen site={site} wish={{ fromMs, toMs }} />
      {chosen ? <LentNote space={chosen} /> : null}
      <Faces query={plan} rows={5}>
        {(data) => (
          <PlanOrList
            {...{ data, chosenId: chosen?.spaceId, onChoose: setChosenId }}
            kind={props.wish.kind}
          />
        )}
      </Faces>
    </StepFrame>
  )
}

/** Nothing to choose, with the holiday that may be why. */
function NothingFree(props: { readonly fromMs: number }): ReactNode {
  const { site } = useSite()
  const t = useWords()
  const holidayWords = useHolidayWords()
  const day = localDate(props.fromMs, site.timeZone)
  const holiday = site.holidays?.find(({ date }) => date === day)
  return (
    <Notice title={t('book.noneTitle')}>
      {holiday === undefined ? null : <p style={{ margin: 0 }}>{holidayWords(holiday)}</p>}
      {t('book.noneHint')}
    </Notice>
  )
}

function PlanOrList(props: {
  readonly data: PlanView
  readonly kind: string
  readonly chosenId: string | undefined
  readonly onChoose: (spaceId: string) => void
}): ReactNode {
  const { data, kind, chosenId } = props
  const { site } = useSite()
  const t = useWords()
  const given = useGivenNames()
  const [shape, setShape] = useState('plan')
  // What is sold here comes before what has to be asked for.
  const wanted = data.spaces
    .filter((space) => isChoosable(space) && (space.bayClass ?? space.kind) === kind)
    .toSorted((a, b) => Number(isLent(a)) - Number(isLent(b)))
  const askable = site.link.state === 'live' ? wanted.filter(isLent) : []
  const [levelId, setLevelId] = useState(() => busiestLevel(wanted) ?? data.levels[0]?.levelId ?? '')
  const level = data.levels.find((one) => one.levelId === levelId) ?? data.levels[0]
  const choose = (spaceId: string) => {
    if (data.spaces.some((space) => space.spaceId === spaceId && isChoosable(space))) props.onChoose(spaceId)
  }
  return (
    <>
      <div style={{ display: 'flex', gap: 16, flexWrap: 'wrap' }}>
        <Segments
          value={shape}
          onChange={setShape}
          data={[
            { value: 'plan', label: t('book.plan') },
            { value: 'list', label: t('book.list') },
          ]}
        />
        {data.levels.length > 1 ? (
          <Segments
            value={level?.levelId ?? ''}
            onChange={setLevelId}
            data={data.levels.map((one) => ({ value: one.levelId, label: given(one.name) }))}
          />
        ) : null}
      </div>
      {wanted.length === 0 ? <NothingFree fromMs={data.fromMs} /> : null}
      {shape === 'plan' && level ? (
        <PlanPicture key={level.levelId} {...{ level, spaces: data.spaces, chosenId, onChoose: choose }} />
      ) : (
        <SpaceList
          spaces={wanted}
          levelId={levelId}
          askable={new Set(askable.map(({ spaceId }) => spaceId))}
          timeZone={site.timeZone}
          selectedId={chosenId}
          onSelect={choose}
        />
      )}
    </>
  )
}

/** The level with the most of these spaces. */
function busiestLevel(spaces: readonly SpaceView[]): string | undefined {
  const counts = new Map<string, number>()
  for (const { levelId } of spaces) counts.set(levelId, (counts.get(levelId) ?? 0) + 1)
  return [...counts].toSorted((a, b) => b[1] - a[1])[0]?.[0]
}
