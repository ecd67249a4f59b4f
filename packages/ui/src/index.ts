export { Icon, type IconName, type IconProps } from './icons/icon.tsx';
export { Blank, type BlankProps } from './states/blank.tsx';
export { UiProvider, type UiProviderProps } from './theme/ui-provider.tsx';
export { showToast, type Toast, Toasts } from './toasts/toasts.tsx';
