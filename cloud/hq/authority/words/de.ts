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
