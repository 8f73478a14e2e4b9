import { Button, Group, Popover, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useWords } from '../words/words.ts'
import type { Visitor } from './door-tile.tsx'

/** Opens a small field with the person's PIN in it, so that a wrong one can be tried, too. */
export function PinButton(props: {
  readonly visitor: Visitor
  readonly onType: (pin: string) => void
}): ReactNode {
  const { visitor } = props
  const t = useWords()
  const [opened, setOpened] = useState(false)
  const [pin, setPin] = useState(visitor.pin)
  const open = () => {
    setPin(visitor.pin)
    setOpened(!opened)
  }
  const valid = /^\d{3,8}$/.test(pin)
  return (
    <Popover opened={opened} onChange={setOpened} trapFocus withArrow>
      <Popover.Target>
        <Button size="xs" variant="default" onClick={open} aria-expanded={opened}>
          {t('doors.pin')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            if (!valid) return
            props.onType(pin)
            setOpened(false)
          }}
        >
          <Group align="flex-end" gap="xs" wrap="nowrap">
            <TextInput
              size="sm"
              w={160}
              inputMode="numeric"
              label={t('doors.pinTitle', { name: visitor.name })}
              value={pin}
              onChange={(event) => setPin(event.currentTarget.value.replace(/\D/g, '').slice(0, 8))}
            />
            <Button size="sm" type="submit" disabled={!valid}>
              {t('doors.pinSend')}
            </Button>
          </Group>
        </form>
      </Popover.Dropdown>
    </Popover>
  )
}
