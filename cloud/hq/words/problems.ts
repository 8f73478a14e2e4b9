import type { ProblemWords } from '@gatehouse/shared/ui/german-problems.ts'
import { useProblemWords } from '@gatehouse/shared/ui/problem-words.ts'

/** Sentences for the codes that only people at HQ meet, in German; in English the server's own are shown. */
const germanHqProblems: ProblemWords = {
  invalid_request: {
    title: 'Eine Angabe kann so nicht stimmen.',
    hint: 'Prüfen Sie Ihre Angaben und versuchen Sie es erneut.',
  },
  settings_moved: {
    title: 'Jemand hat diesen Standort inzwischen geändert.',
    hint: 'Sehen Sie nach, was jetzt gilt, und ändern Sie es noch einmal.',
  },
  no_gap: {
    title: 'Vom Verlauf dieses Standorts fehlt hier jetzt nichts.',
    hint: 'Sehen Sie bei den Rechnern des Standorts nach; vielleicht wurde es inzwischen hingenommen oder eine spätere Sicherung eingespielt.',
  },
  gap_moved: {
    title: 'Der Standort hat inzwischen weitere Einträge ausgelagert.',
    hint: 'Sehen Sie nach, was jetzt fehlt, und entscheiden Sie neu.',
  },
  nothing_suspended: {
    title: 'An diesem Standort wartet nichts auf ältere Pässe.',
    hint: 'Sehen Sie nach, wer dort verkauft; vielleicht wurde es inzwischen freigegeben.',
  },
  released_already: {
    title: 'Das hat schon jemand freigegeben.',
    hint: 'Es geht weiter, sobald der Standort wieder gesendet hat, was er aufbewahrt.',
  },
  exception_taken: {
    title: 'Diesen Fall bearbeitet schon jemand.',
    hint: 'Sehen Sie nach, wer zuständig ist, und sprechen Sie sich ab.',
  },
  exception_not_taken: {
    title: 'Diesen Fall bearbeitet niemand.',
    hint: 'Übernehmen Sie ihn zuerst.',
  },
  not_owner: {
    title: 'Diesen Fall bearbeitet jemand anderes.',
    hint: 'Fragen Sie dort nach, oder warten Sie, bis er zurückgegeben wird.',
  },
  exception_proposed: {
    title: 'Eine Lösung ist schon vorgeschlagen.',
    hint: 'Stimmen Sie ihr zuerst zu oder weisen Sie sie zurück.',
  },
  nothing_proposed: {
    title: 'Noch ist keine Lösung vorgeschlagen.',
    hint: 'Schlagen Sie zuerst eine vor.',
  },
  second_person_needed: {
    title: 'Wer eine Lösung vorschlägt, kann ihr nicht selbst zustimmen.',
    hint: 'Bitten Sie eine andere Person der Zentrale, sie anzusehen.',
  },
  not_yours_to_settle: {
    title: 'Nur die Zentrale schließt Fälle ab.',
    hint: 'Wenden Sie sich an die Zentrale.',
  },
  credits_insufficient: {
    title: 'So viel Guthaben ist nicht da.',
    hint: 'Sehen Sie nach, wie viel da ist, und wählen Sie einen kleineren Betrag.',
  },
  credits_expired: { title: 'Dieses Guthaben ist abgelaufen.', hint: 'Wählen Sie eines, das länger läuft.' },
  sites_not_caught_up: {
    title:
      'Noch nicht jeder Standort hat seit unserer Wiederherstellung gemeldet, was er hat. Nichts wurde bewegt.',
    hint: 'Versuchen Sie es wieder, wenn alle Standorte online waren.',
  },
  unknown_member: { title: 'Dieses Mitglied gibt es nicht.', hint: 'Wählen Sie ein Mitglied aus der Liste.' },
  site_of_another_operator: {
    title: 'Dieses Guthaben gehört nicht zum Betreiber dieses Standorts.',
    hint: 'Wählen Sie einen Standort desselben Betreibers.',
  },
  site_not_enrolled: {
    title: 'Diesen Standort betreibt noch kein Gerät.',
    hint: 'Melden Sie zuerst sein Gerät an.',
  },
  exception_settled: {
    title: 'Dieser Fall ist schon erledigt.',
    hint: 'Sehen Sie sich seinen Verlauf an.',
  },
  fix_not_for_kind: {
    title: 'Diese Lösung passt nicht zu dieser Art von Fall.',
    hint: 'Wählen Sie eine der Lösungen des Falls.',
  },
  remote_unreachable: {
    title: 'Der Standort ist gerade nicht zu erreichen, es wurde nichts verlangt.',
    hint: 'Rufen Sie jemanden vor Ort an, oder versuchen Sie es, sobald er wieder da ist.',
  },
  remote_expired: {
    title: 'Es erreichte den Standort zu spät, dort ist nichts geschehen.',
    hint: 'Versuchen Sie es erneut.',
  },
  remote_other_boot: {
    title: 'Der Standort ist inzwischen neu gestartet, dort ist nichts geschehen.',
    hint: 'Versuchen Sie es in ein paar Sekunden erneut.',
  },
  remote_from_future: {
    title: 'Der Standort konnte den Zeitpunkt nicht einordnen, dort ist nichts geschehen.',
    hint: 'Versuchen Sie es in ein paar Sekunden erneut.',
  },
  lockdown: {
    title: 'Der Standort ist abgeriegelt: niemand wird eingelassen.',
    hint: 'Beenden Sie zuerst die Abriegelung.',
  },
  interlock: {
    title: 'Eine andere Tür ihrer Schleuse ist nicht zu.',
    hint: 'Versuchen Sie es erneut, sobald sie zu ist.',
  },
  unknown_door: {
    title: 'Diese Tür gibt es an diesem Standort nicht.',
    hint: 'Wählen Sie eine Tür der Liste.',
  },
  incident_ends_on_site: {
    title: 'Dieser Vorfall endet durch das, was am Standort geschieht.',
    hint: 'Kümmern Sie sich vor Ort darum: Die Liste zeigt sein Ende von selbst.',
  },
}

/** The sentences of a problem in the language shown, with those of HQ's own codes. */
export function useHqProblemWords() {
  return useProblemWords(germanHqProblems)
}
