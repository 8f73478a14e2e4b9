import type { Problem } from '@gatehouse/shared/api/problem'
import { useCallback } from 'react'
import { germanProblems, type ProblemWords, type RefusalWords } from './german-problems.ts'
import { useLanguage } from './language.ts'

// For codes that a booking keeps without the sentences of the answer.
const english: ProblemWords = {
  space_taken: { title: 'The space was taken in the meantime.', hint: 'Choose another time or space.' },
  gap: { title: 'There is a gap for cleaning before or after.', hint: 'Choose another time.' },
  closed: { title: 'The site is closed at that time.', hint: 'Choose a time within the opening hours.' },
  in_the_past: { title: 'That time was over.', hint: 'Choose a later time.' },
  out_of_service: { title: 'The space is out of service.', hint: 'Choose another space.' },
  not_available_then: {
    title: 'The space cannot be used at that time.',
    hint: 'Choose another space or time.',
  },
  site_closed: { title: 'This site sells nothing new now.', hint: 'Choose another site.' },
  request_expired: { title: 'The site did not answer in time.', hint: 'Book again.' },
  request_withdrawn: { title: 'The request was withdrawn.', hint: 'Book again.' },
}

/**
 * The sentences of a problem in the language shown: in German those of the front end before the shared ones, in English
 * the server's own; an unknown code keeps the server's words.
 */
export function useProblemWords(
  ownGerman: ProblemWords = germanProblems,
): (problem: Problem) => RefusalWords {
  const { language } = useLanguage()
  return useCallback(
    ({ code, title, hint }) => {
      const german = ownGerman[code] ?? germanProblems[code]
      const known = language === 'de' ? german : title === '' && english[code]
      return known || { title, hint }
    },
    [ownGerman, language],
  )
}
