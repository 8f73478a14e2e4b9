import { Button, CopyButton, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconCheck, IconCopy, IconShare } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useWords } from '../words/words.ts'
import { guestLink } from './guests.ts'

/** A guest's link to be given on: by the share sheet of the device, copied, or selected by hand. */
export function GuestLink(props: { readonly secret: string; readonly about: string }): ReactNode {
  const t = useWords()
  const { secret, about } = props
  const url = guestLink(secret)
  const mayShare = 'share' in navigator
  // Closing the share sheet is no failure.
  const share = () => void navigator.share({ text: about, url }).catch(() => undefined)
  return (
    <Stack gap="sm">
      <TextInput
        label={t('guests.link')}
        description={t('guests.linkHint')}
        readOnly
        value={url}
        onFocus={(event) => event.currentTarget.select()}
        data-testid="guest-link"
      />
      <Group gap="sm">
        {mayShare ? (
          <Button leftSection={<IconShare size={20} aria-hidden />} onClick={share}>
            {t('guests.share')}
          </Button>
        ) : null}
        {'clipboard' in navigator ? (
          <CopyButton value={url}>
            {({ copied, copy }) => (
              <Button
                variant={mayShare ? 'default' : 'filled'}
                leftSection={
                  copied ? <IconCheck size={20} aria-hidden /> : <IconCopy size={20} aria-hidden />
                }
                onClick={copy}
              >
                {t(copied ? 'guests.copied' : 'guests.copy')}
              </Button>
            )}
          </CopyButton>
        ) : null}
      </Group>
      <Text size="sm" c="dimmed">
        {t('guests.once')}
      </Text>
    </Stack>
  )
}
