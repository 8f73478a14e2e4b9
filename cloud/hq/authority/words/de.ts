import type { en } from './en.ts'

/** Words of the page that says who may sell what, German. */
export const de: Readonly<Record<keyof typeof en, string>> = {
  title: 'Wer verkauft bei {{name}}',
  lead: 'Was der Standort der Cloud in den nächsten zwei Wochen leiht. Alles andere verkauft er selbst.',
  back: 'Hauptbuch dieses Standorts',
  empty: 'In den nächsten zwei Wochen ist nichts verliehen.',
  emptyHint:
    'Der Standort verkauft alles selbst; ist er offline, können Mitglieder hier nichts buchen. Was er verleiht, sagt seine Leihregel.',
  'stopped.lending_stopped': 'Der Standort verkauft nicht mehr, was er verleiht',
  'stopped.site_fenced': 'Dieses Leben des Standorts ist gesperrt: Es verkauft nichts',
  stoppedHint: 'Es geht weiter, wenn der Standort seine Leihen mit der Cloud verglichen hat.',
  'restored.title_one': 'Ein Recht aus der Zeit vor der Wiederherstellung der Cloud: dort verkauft niemand',
  'restored.title_other':
    '{{count}} Rechte aus der Zeit vor der Wiederherstellung der Cloud: dort verkauft niemand',
  'restored.lead':
    'Pässe aus der Zeit davor können Buchungen nennen, die diese Cloud nicht mehr kennt. {{sold}} Buchungen, die sie kennt, gelten in jedem Fall.',
  'restored.caughtUp': 'Der Standort hat alles, was er aufbewahrt, wieder gesendet.',
  'restored.notCaughtUp':
    'Der Standort hat noch nicht alles, was er aufbewahrt, wieder gesendet; vorher endet nichts.',
  'restored.passesUntil': 'Ohne Freigabe endet es von selbst, wenn kein solcher Pass mehr gelten kann:',
  'restored.released': 'Vorzeitig freigegeben („{{reason}}“),',
  'restored.reason': 'Warum vorzeitig freigegeben wird',
  'restored.takesRisk':
    'Ich trage das Risiko, dass jemand einen älteren Pass für einen Platz zeigt, der inzwischen wieder verkauft wurde.',
  'restored.release': 'Vorzeitig freigeben',
  summary_one: 'Ein Recht ist verliehen; die Cloud hat darin {{sold}} verkauft.',
  summary_other: '{{count}} Rechte sind verliehen; die Cloud hat darin {{sold}} verkauft.',
  table: 'Rechte, die der Standort verleiht',
  space: 'Platz',
  lentFor: 'Verliehen für',
  seller: 'Wer jetzt verkauft',
  soldUntil: 'Cloud verkauft bis',
  sold: 'Verkauft',
  age: 'Bekannt seit',
  'standing.cloud_sells': 'Cloud',
  'standing.sell_until_passed': 'Niemand: Frist vorbei',
  'standing.recalled': 'Niemand: zurückverlangt',
  'standing.end_on_its_way': 'Niemand: zurückgegeben, unterwegs zum Standort',
  'standing.grant_on_its_way': 'Niemand: unterwegs zur Cloud',
  'standing.site_restored': 'Niemand: Standort wiederhergestellt',
  'standing.cloud_restored': 'Niemand: Cloud wiederhergestellt',
}
