import { Autocomplete, Button, Select } from '@mantine/core'
import { IconArrowBarRight, IconArrowBarToRight, IconTicket } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import type { PanelActionInput, PanelLane, PanelSite } from '../../panel-contract.ts'
import { usePanel } from '../live/panel-context.tsx'
import { useReasonWords } from '../words/reasons.ts'
import { useWords } from '../words/words.ts'
import { LanePicture } from './lane-picture.tsx'
import css from './lanes.module.css'

type DriveIn = Extract<PanelActionInput, { kind: 'driveIn' }>
const classes = ['car', 'ev', 'large', 'motorcycle', 'accessible'] as const
const longest = ''

/** One lane with its picture, what the barrier and the car do, and a way to send a car. */
export function LaneTile(props: { readonly site: PanelSite; readonly lane: PanelLane }): ReactNode {
  const { site, lane } = props
  const t = useWords()
  const reasonWords = useReasonWords()
  const { car } = lane
  const carWords = car ? t(`car.${car.position}`, { plate: car.plate }) : t('car.none')
  return (
    <article className={css.lane} data-lane={lane.laneId} aria-label={lane.name}>
      <div className={css.head}>
        <h4 className={css.name}>{lane.name}</h4>
        <span data-boom={lane.boom}>{t(`boom.${lane.boom}`)}</span>
      </div>
      <LanePicture lane={lane} />
      <div className={css.told} role="status" data-refused={lane.refusal !== undefined || undefined}>
        {carWords}
        {lane.refusal === undefined ? null : ` · ${reasonWords(lane.refusal)}`}
      </div>
      {lane.direction === 'entry' ? (
        <DriveInForm {...{ site, lane }} />
      ) : (
        <DriveOutForm {...{ site, lane }} />
      )}
    </article>
  )
}

interface FormProps {
  readonly site: PanelSite
  readonly lane: PanelLane
}

function DriveInForm({ site, lane }: FormProps): ReactNode {
  const { act } = usePanel()
  const t = useWords()
  const [plate, setPlate] = useState('')
  const [vehicleClass, setVehicleClass] = useState<(typeof classes)[number]>('car')
  // Plates that members registered: a garage knows them at the gate.
  const owners = new Map(
    site.people.flatMap((person) => (person.plate === undefined ? [] : [[person.plate, person.displayName]])),
  )
  const drive = async (by: NonNullable<DriveIn['by']>) => {
    const wanted = plate.trim() === '' ? {} : { plate: plate.trim() }
    const { siteId } = site
    if (await act({ kind: 'driveIn', siteId, laneId: lane.laneId, vehicleClass, by, ...wanted })) setPlate('')
  }
  return (
    <div className={css.buttons}>
      <Autocomplete
        size="xs"
        flex="1 1 120px"
        aria-label={t('lanes.plate')}
        placeholder={t('lanes.plateShort')}
        value={plate}
        onChange={(value) => setPlate(value.toUpperCase().slice(0, 12))}
        data={[...owners.keys()]}
        renderOption={({ option }) => (
          <span>
            {option.value} · {owners.get(option.value)}
          </span>
        )}
        comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
      />
      <Select
        size="xs"
        flex="1 1 110px"
        aria-label={t('lanes.class')}
        allowDeselect={false}
        value={vehicleClass}
        onChange={(value) => setVehicleClass(classes.find((one) => one === value) ?? 'car')}
        data={classes.map((value) => ({ value, label: t(`class.${value}`) }))}
      />
      <Button
        size="xs"
        variant="default"
        leftSection={<IconArrowBarToRight size={16} aria-hidden />}
        onClick={() => drive('camera')}
      >
        {t('lanes.driveIn')}
      </Button>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconTicket size={16} aria-hidden />}
        onClick={() => drive('ticket')}
      >
        {t('lanes.driveInTicket')}
      </Button>
    </div>
  )
}

function DriveOutForm({ site, lane }: FormProps): ReactNode {
  const { act } = usePanel()
  const t = useWords()
  const [plate, setPlate] = useState(longest)
  const chosen = site.vehicles.some((vehicle) => vehicle.plate === plate) ? plate : longest
  const { siteId } = site
  return (
    <div className={css.buttons}>
      <Select
        size="xs"
        flex="1 1 200px"
        aria-label={t('lanes.which')}
        searchable
        allowDeselect={false}
        value={chosen}
        onChange={(value) => setPlate(value ?? longest)}
        data={[
          { value: longest, label: t('lanes.longest') },
          ...site.vehicles.map((vehicle) => ({
            value: vehicle.plate,
            label: `${vehicle.plate} · ${t(vehicle.paid ? 'lanes.paid' : 'lanes.unpaid')}`,
          })),
        ]}
      />
      <Button
        size="xs"
        variant="default"
        disabled={site.vehicles.length === 0}
        leftSection={<IconArrowBarRight size={16} aria-hidden />}
        onClick={() =>
          act({
            kind: 'driveOut',
            siteId,
            laneId: lane.laneId,
            ...(chosen === longest ? {} : { plate: chosen }),
          })
        }
      >
        {t('lanes.driveOut')}
      </Button>
    </div>
  )
}
