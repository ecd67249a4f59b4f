import {
  ActionIcon,
  Badge,
  Button,
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  Input,
  type MantineColorsTuple,
  type MantineThemeOverride,
  Menu,
  Modal,
  PasswordInput,
  Select,
  Tabs,
  TextInput,
  Tooltip,
} from '@mantine/core';

/** Ink blue; the sixth is the light theme's accent, the third the dark one's. */
const ink: MantineColorsTuple = [
  '#eef2fe',
  '#d7e0fd',
  '#a9bdff',
  '#7c9bff',
  '#5479f5',
  '#3f68ef',
  '#2f5bea',
  '#264bc6',
  '#1f3da0',
  '#172d78',
];

/** Tools are dense: text of 13 and 14 pixels, controls of 28. */
export const theme: MantineThemeOverride = createTheme({
  colors: { ink },
  primaryColor: 'ink',
  primaryShade: { light: 6, dark: 3 },
  autoContrast: true,
  fontFamily: 'var(--a-font)',
  fontFamilyMonospace: 'var(--a-font-mono)',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  lineHeights: { xs: '1.45', sm: '1.45', md: '1.45', lg: '1.45', xl: '1.35' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  radius: { xs: '4px', sm: '6px', md: '6px', lg: '8px', xl: '12px' },
  defaultRadius: 'sm',
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '20px', lineHeight: '1.35' }, h2: { fontSize: '16px', lineHeight: '1.4' } },
  },
  // Text on the accent is white on the light theme's and ink on the dark one's; Mantine knows one of the two.
  variantColorResolver: (input) => {
    const own = defaultVariantColorsResolver(input);
    if (input.variant !== 'filled') return own;
    if (input.color === 'red') {
      return { ...own, background: 'var(--a-red)', hover: 'var(--a-red)', color: 'var(--a-canvas)' };
    }
    return { ...own, background: 'var(--a-accent)', hover: 'var(--a-accent-hover)', color: 'var(--a-on-accent)' };
  },
  respectReducedMotion: true,
  components: {
    Button: Button.extend({ defaultProps: { size: 'compact-sm' } }),
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', color: 'gray', size: 28 } }),
    Badge: Badge.extend({
      defaultProps: { variant: 'light', radius: 'sm' },
      // Sentence case, and Arabic is never spaced.
      styles: { root: { textTransform: 'none', letterSpacing: 0, fontWeight: 500 } },
    }),
    Input: Input.extend({ defaultProps: { size: 'sm' } }),
    InputWrapper: Input.Wrapper.extend({
      defaultProps: { inputWrapperOrder: ['label', 'input', 'description', 'error'] },
    }),
    TextInput: TextInput.extend({ defaultProps: { size: 'sm' } }),
    PasswordInput: PasswordInput.extend({ defaultProps: { size: 'sm' } }),
    Select: Select.extend({ defaultProps: { size: 'sm', allowDeselect: false, checkIconPosition: 'right' } }),
    Menu: Menu.extend({ defaultProps: { shadow: 'md', transitionProps: { duration: 120 }, position: 'bottom-start' } }),
    Modal: Modal.extend({ defaultProps: { centered: true, transitionProps: { duration: 140 }, yOffset: '8vh' } }),
    Tabs: Tabs.extend({ defaultProps: { keepMounted: false } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 400, withinPortal: true } }),
  },
});

/** Mantine draws in our colours: whoever changes a token changes both. */
export const cssVariables: CSSVariablesResolver = () => {
  const both = {
    '--mantine-color-body': 'var(--a-canvas)',
    '--mantine-color-text': 'var(--a-text)',
    '--mantine-color-dimmed': 'var(--a-muted)',
    '--mantine-color-default': 'var(--a-raised)',
    '--mantine-color-default-hover': 'var(--a-hover)',
    '--mantine-color-default-color': 'var(--a-text)',
    '--mantine-color-default-border': 'var(--a-line)',
    '--mantine-color-error': 'var(--a-red)',
    '--mantine-color-placeholder': 'var(--a-muted)',
    '--mantine-color-anchor': 'var(--a-accent-text)',
    '--mantine-color-gray-light-color': 'var(--a-muted)',
    '--mantine-color-gray-text': 'var(--a-muted)',
    '--mantine-color-ink-filled': 'var(--a-accent)',
    '--mantine-color-ink-filled-hover': 'var(--a-accent-hover)',
    '--mantine-color-ink-light': 'var(--a-accent-soft)',
    '--mantine-color-ink-light-color': 'var(--a-accent-text)',
    '--mantine-color-ink-text': 'var(--a-accent-text)',
    '--mantine-color-red-light': 'var(--a-red-soft)',
    '--mantine-color-red-light-hover': 'var(--a-red-soft)',
    '--mantine-color-red-light-color': 'var(--a-red)',
    '--mantine-color-red-text': 'var(--a-red)',
    '--mantine-color-green-light': 'var(--a-green-soft)',
    '--mantine-color-green-light-color': 'var(--a-green)',
    '--mantine-color-yellow-light': 'var(--a-amber-soft)',
    '--mantine-color-yellow-light-color': 'var(--a-amber)',
    '--mantine-color-violet-light': 'var(--a-violet-soft)',
    '--mantine-color-violet-light-color': 'var(--a-violet)',
  };
  return { variables: {}, light: both, dark: both };
};
