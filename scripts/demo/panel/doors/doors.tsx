import { Button, Group, Select } from '@mantine/core'
import { IconDeviceTablet } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import type { PanelSite } from '../../panel-contract.ts'
import { usePanel } from '../live/panel-context.tsx'
import panel from '../panel.module.css'
import { useWords } from '../words/words.ts'
import { DoorTile, type Visitor } from './door-tile.tsx'
import css from './doors.module.css'

const strangerId = 'stranger'
/** A card and a PIN that nobody in the demo has. */
const strangerCard = '99999999'
const strangerPin = '0000'

function visitorOf(site: PanelSite, id: string, strangerName: string): Visitor {
  const person = site.people.find(({ memberId }) => memberId === id)
  if (person === undefined)
    return { name: strangerName, card: strangerCard, pin: strangerPin, phoneOf: undefined }
  const { displayName: name, card, pin, memberId, hasPhone } = person
  return { name, card, pin, phoneOf: hasPhone ? memberId : undefined }
}

/** The doors of a site, and who is standing at them. */
export function Doors(props: { readonly site: PanelSite }): ReactNode {
  const { site } = props
  const { act } = usePanel()
  const t = useWords()
  const [visitorId, setVisitorId] = useState(site.people[0]?.memberId ?? strangerId)
  if (site.doors.length === 0) return null
  const visitor = visitorOf(site, visitorId, t('doors.stranger'))
  return (
    <section>
      <div className={css.head}>
        <h3 className={panel.heading}>{t('doors.title')}</h3>
        <Group gap="xs" align="flex-end">
          <Select
            size="sm"
            w={250}
            label={t('doors.who')}
            value={visitorId}
            allowDeselect={false}
            onChange={(id) => setVisitorId(id ?? strangerId)}
            data={[
              ...site.people.map(({ memberId, displayName, planName }) => ({
                value: memberId,
                label: planName === undefined ? displayName : `${displayName} · ${planName}`,
              })),
              { value: strangerId, label: t('doors.stranger') },
            ]}
          />
          <Button
            size="sm"
            variant="default"
            leftSection={<IconDeviceTablet size={18} aria-hidden />}
            onClick={() => act({ kind: 'tapKioskCard', siteId: site.siteId, card: visitor.card })}
          >
            {t('doors.kioskCard')}
          </Button>
        </Group>
      </div>
      <div className={css.tiles}>
        {site.doors.map((door) => (
          <DoorTile key={door.doorId} siteId={site.siteId} door={door} visitor={visitor} />
        ))}
      </div>
    </section>
  )
}
