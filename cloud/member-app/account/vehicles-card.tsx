import { Faces, Notice } from '@gatehouse/shared/ui/faces.tsx'
import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useWords } from '../words/words.ts'
import { EraseVehicle } from './erase-vehicle.tsx'
import { VehicleForm } from './vehicle-form.tsx'
import { type Vehicle, vehiclesQuery } from './vehicles.ts'

function VehicleLine(props: { readonly vehicle: Vehicle }): ReactNode {
  const t = useWords()
  const { vehicle } = props
  const what = t(`vehicle.class.${vehicle.vehicleClass}`)
  return (
    <Group justify="space-between" gap="sm" wrap="nowrap">
      <Stack gap={0} style={{ minWidth: 0 }}>
        <Text fw={600}>{vehicle.plate ?? t('vehicle.unreadable')}</Text>
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {vehicle.name === undefined ? what : `${vehicle.name} · ${what}`}
        </Text>
      </Stack>
      <EraseVehicle vehicle={vehicle} />
    </Group>
  )
}

/** The vehicles by whose plates garages know the member, a way to add one, and a way to erase it. */
export function VehiclesCard(): ReactNode {
  const t = useWords()
  const vehicles = useQuery(vehiclesQuery)
  const [adding, setAdding] = useState(false)
  return (
    <Paper className="gh-card" p="md">
      <Stack gap="md">
        <Title order={2} size="h3">
          {t('vehicle.title')}
        </Title>
        <Faces
          query={vehicles}
          rows={1}
          isEmpty={(items) => items.length === 0}
          empty={<Notice title={t('vehicle.none')}>{t('vehicle.noneHint')}</Notice>}
        >
          {(items) => (
            <Stack gap="sm" component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
              {items.map((vehicle) => (
                <li key={vehicle.vehicleId}>
                  <VehicleLine vehicle={vehicle} />
                </li>
              ))}
            </Stack>
          )}
        </Faces>
        {adding ? (
          <VehicleForm onDone={() => setAdding(false)} />
        ) : (
          <Button variant="default" onClick={() => setAdding(true)} style={{ alignSelf: 'flex-start' }}>
            {t('vehicle.add')}
          </Button>
        )}
      </Stack>
    </Paper>
  )
}
