/** The screens of the product. */
const ofProduct = ['edge/kiosk', 'edge/admin', 'cloud/member-app', 'cloud/hq', 'cloud/front-door']
/** The simulator panel: a place that is run for real has none. */
const ofDemo = ['scripts/demo/panel']

/** The folders of the front ends to build, each by Vite into its `dist/web`; `--production` leaves the simulator panel out. */
export function frontEnds(args: readonly string[]): readonly string[] {
  return args.includes('--production') ? ofProduct : [...ofProduct, ...ofDemo]
}
