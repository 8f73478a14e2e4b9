import { Notice } from '@gatehouse/shared/ui/faces.tsx'
import { TimeText } from '@gatehouse/shared/ui/time-text.tsx'
import { Button, Checkbox, Code, Drawer, NativeSelect, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Refused } from '../exceptions/case-actions.tsx'
import { type AdoptionCode, makeAdoptionCode, type OldBox, oldBoxes } from './queries.ts'
import { useLifeWords } from './words/words.ts'

function MadeCode(props: {
  readonly siteId: string
  readonly made: AdoptionCode
  readonly timeZone: string
}): ReactNode {
  const t = useLifeWords()
  const { siteId, made, timeZone } = props
  return (
    <Notice title={t('code')} tone="held">
      <Text size="xl" ff="monospace" fw={700}>
        {made.code}
      </Text>
      <Text size="sm" style={{ whiteSpace: 'normal' }}>
        {t('codeHint')}
      </Text>
      <Code
        block
        style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}
      >{`npm run edge -- adopt ${siteId} --code ${made.code} --config edge.json`}</Code>
      <Text size="sm">
        {t('until')} <TimeText ms={made.expiresMs} timeZone={timeZone} style="dateTime" />
      </Text>
    </Notice>
  )
}

/** Makes a code for another box, after a statement about the old one. */
export function ReplaceBox(props: {
  readonly siteId: string
  readonly timeZone: string
  readonly opened: boolean
  readonly onClose: () => void
}): ReactNode {
  const t = useLifeWords()
  const { siteId, timeZone, opened, onClose } = props
  const [oldBox, setOldBox] = useState<OldBox>('broken')
  const [isStated, setStated] = useState(false)
  const make = useMutation({ mutationFn: () => makeAdoptionCode(siteId, oldBox) })
  const close = () => {
    setStated(false)
    make.reset()
    onClose()
  }
  return (
    <Drawer
      opened={opened}
      onClose={close}
      position="right"
      size="md"
      title={t('replaceTitle')}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Stack gap="md">
        <Text size="sm">{t('replaceLead')}</Text>
        <Refused error={make.error} />
        {make.data ? (
          <MadeCode siteId={siteId} made={make.data} timeZone={timeZone} />
        ) : (
          <>
            <NativeSelect
              label={t('oldBox')}
              value={oldBox}
              data={oldBoxes.map((value) => ({ value, label: t(`oldBox.${value}`) }))}
              onChange={(event) =>
                setOldBox(oldBoxes.find((box) => box === event.currentTarget.value) ?? 'broken')
              }
            />
            <Checkbox
              label={t('states')}
              checked={isStated}
              onChange={(event) => setStated(event.currentTarget.checked)}
            />
            <Button disabled={!isStated} loading={make.isPending} onClick={() => make.mutate()}>
              {t('makeCode')}
            </Button>
          </>
        )}
      </Stack>
    </Drawer>
  )
}
