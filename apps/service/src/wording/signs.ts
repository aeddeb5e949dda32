/**
 * Signs that are always said by the same words, and those that become one of ASCII. What their neighbours change
 * (minus, primes, amounts of money, powers) is in rules/. Characters are written as such where a font shows them.
 */

/** Currency signs: one, many, and the hundredth part where there is one. */
export const CURRENCIES: Readonly<Record<string, readonly [string, string, string?, string?]>> = {
  $: ['dollar', 'dollars', 'cent', 'cents'],
  '€': ['euro', 'euros', 'cent', 'cents'],
  '£': ['pound', 'pounds', 'penny', 'pence'],
  '¥': ['yen', 'yen'],
  '¢': ['cent', 'cents'],
  '₹': ['rupee', 'rupees', 'paisa', 'paise'],
  '₽': ['rouble', 'roubles', 'kopeck', 'kopecks'],
  '₩': ['won', 'won'],
  '₪': ['shekel', 'shekels', 'agora', 'agorot'],
  '₫': ['dong', 'dong'],
  '₱': ['peso', 'pesos', 'centavo', 'centavos'],
  '₴': ['hryvnia', 'hryvnias', 'kopiyka', 'kopiykas'],
  '₦': ['naira', 'naira', 'kobo', 'kobo'],
  '₺': ['lira', 'liras', 'kurush', 'kurush'],
  '₿': ['bitcoin', 'bitcoins'],
  '฿': ['baht', 'baht', 'satang', 'satang'],
  '₵': ['cedi', 'cedis'],
  '₡': ['colon', 'colones'],
  '₲': ['guarani', 'guaranis'],
  '₸': ['tenge', 'tenge'],
  '₼': ['manat', 'manats'],
  '₾': ['lari', 'lari'],
};

/** Greek letters as formulas use them; capitals by the same name. */
const GREEK =
  'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma sigma tau upsilon phi chi psi omega'.split(
    ' ',
  );

/** The name of a Greek letter, if it is one without marks. */
export function greekName(character: string): string | undefined {
  const point = character.toLowerCase().codePointAt(0) ?? 0;
  if (character === 'ϵ') return 'epsilon';
  if (character === 'ϑ') return 'theta';
  if (character === 'ϕ') return 'phi';
  return GREEK[point - 0x3b1];
}

const WORDS: Readonly<Record<string, string>> = {
  // operators and relations
  '×': 'times', '÷': 'divided by', '∕': 'divided by', '⋅': 'times', '∗': 'times', '±': 'plus or minus', '∓': 'minus or plus', '≠': 'is not equal to', '≤': 'is less than or equal to',
  '≥': 'is greater than or equal to', '⩽': 'is less than or equal to', '⩾': 'is greater than or equal to', '≪': 'is much less than',
  '≫': 'is much greater than', '≈': 'is approximately', '≃': 'is approximately', '≅': 'is congruent to', '≡': 'is identical to',
  '≢': 'is not identical to', '∼': 'is similar to', '≮': 'is not less than', '≯': 'is not greater than', '∝': 'is proportional to',
  '√': 'the square root of', '∛': 'the cube root of', '∜': 'the fourth root of', '∞': 'infinity', '∑': 'the sum of', '∏': 'the product of',
  '∫': 'the integral of', '∬': 'the double integral of', '∮': 'the contour integral of', '∂': 'partial', '∆': 'delta', '∇': 'nabla', '∅': 'the empty set', '∈': 'is in', '∉': 'is not in', '∋': 'contains',
  '∩': 'intersection', '∪': 'union', '⊂': 'is a subset of', '⊃': 'is a superset of', '⊆': 'is a subset of or equal to',
  '⊇': 'is a superset of or equal to', '⊕': 'circled plus', '⊗': 'circled times', '∧': 'and', '∨': 'or', '¬': 'not', '∀': 'for all', '∃': 'there exists', '∄': 'there does not exist',
  '∴': 'therefore', '∵': 'because', '∥': 'is parallel to', '⊥': 'is perpendicular to', '∠': 'angle', '∟': 'right angle', '∘': 'ring operator', '∶': 'to', '∷': 'as', '⊢': 'proves', '⊤': 'top',
  // arrows
  '←': 'left arrow', '→': 'right arrow', '↑': 'up arrow', '↓': 'down arrow', '↔': 'left right arrow', '↕': 'up down arrow', '↖': 'up left arrow', '↗': 'up right arrow', '↘': 'down right arrow', '↙': 'down left arrow',
  '⇐': 'is implied by', '⇒': 'implies', '⇔': 'if and only if', '⇑': 'double up arrow', '⇓': 'double down arrow', '↦': 'maps to', '⟶': 'right arrow', '⟵': 'left arrow', '⟹': 'implies', '⟺': 'if and only if',
  '➔': 'right arrow', '➜': 'right arrow', '➝': 'right arrow', '➞': 'right arrow', '➡': 'right arrow', '⬅': 'left arrow', '⬆': 'up arrow', '⬇': 'down arrow', '↩': 'left hook arrow', '↪': 'right hook arrow', '↵': 'return arrow',
  // marks
  '§': 'section', '¶': 'paragraph', '†': 'dagger', '‡': 'double dagger', '※': 'reference mark', '⁂': 'asterism', '⁎': 'asterisk', '©': 'copyright', '®': 'registered', '™': 'trademark', '℠': 'service mark',
  '℗': 'sound recording copyright', '№': 'number', '℮': 'estimated', '℞': 'prescription', '℀': 'account of', '℁': 'addressed to the subject', '℅': 'care of', '℆': 'cada una', '℔': 'pounds', '℥': 'ounces', '℧': 'mho', 'ℏ': 'h bar', 'ℵ': 'aleph', '℘': 'Weierstrass p',
  '•': 'bullet', '‣': 'bullet', '◦': 'bullet', '∙': 'bullet', '⁃': 'bullet', '▪': 'bullet', '▫': 'bullet', '●': 'bullet', '○': 'circle', '■': 'square', '□': 'square', '▲': 'up triangle', '△': 'up triangle', '▼': 'down triangle', '▽': 'down triangle', '▶': 'right triangle', '►': 'right triangle', '▸': 'right triangle', '◀': 'left triangle', '◄': 'left triangle', '◆': 'diamond', '◇': 'diamond', '◊': 'lozenge',
  '‖': 'double vertical bar', '¦': 'broken bar', '¯': 'macron', '¨': 'diaeresis', '¸': 'cedilla', '˚': 'ring', '˜': 'tilde', 'ˆ': 'caret', '¤': 'currency sign', '‿': 'undertie', '⁀': 'tie', '‗': 'double underscore', '‾': 'overline', '‸': 'caret',
  '‰': 'per mille', '‱': 'per ten thousand', '℉': 'degrees Fahrenheit', '℃': 'degrees Celsius', 'ª': 'feminine ordinal', '⌀': 'diameter', '⁒': 'commercial minus',
  '✓': 'check mark', '✔': 'check mark', '✗': 'cross mark', '✘': 'cross mark', '✕': 'cross mark', '✖': 'cross mark', '☐': 'empty box', '☑': 'checked box', '☒': 'crossed box', '★': 'star', '☆': 'star',
  '♥': 'heart', '❤': 'heart', '♡': 'heart', '♠': 'spade', '♤': 'spade', '♣': 'club', '♧': 'club', '♦': 'diamond', '♢': 'diamond', '♪': 'musical note', '♩': 'musical note', '♫': 'musical notes', '♬': 'musical notes', '♭': 'flat', '♮': 'natural', '♯': 'sharp', '♀': 'female', '♂': 'male', '☎': 'telephone', '☺': 'smiling face', '☹': 'frowning face',
}; // biome-ignore format: a table

/** Punctuation by the nearest of ASCII; a pause or a tone, as that is. */
const PUNCTUATION: Readonly<Record<string, string>> = {
  '…': '...', '‥': '...', '¡': ' ', '¿': ' ', '‽': '?', '‼': '!', '⁇': '?', '⁈': '?', '⁉': '?', '，': ', ', '。': '. ', '、': ', ', '·': '\u00b7', '‧': '-', '՚': "'",
  '⁅': '(', '⁆': ')', '❨': '(', '❩': ')', '⟨': '(', '⟩': ')', '〈': '(', '〉': ')', '《': '"', '》': '"', '「': '"', '」': '"', '『': '"', '』': '"', '【': '(', '】': ')', '﹐': ',', '﹒': '.', '﹔': ';', '﹕': ':', '﹖': '?', '﹗': '!',
}; // biome-ignore format: a table

/** Left as they are for the rules, which know their neighbours. */
const IN_CONTEXT = '−′″‴°€£¥¢´·';

export const SIGNS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(WORDS).map(([sign, words]) => [sign, ` ${words} `])),
  ...PUNCTUATION,
  ...Object.fromEntries([...IN_CONTEXT].map((sign) => [sign, sign])),
  ...Object.fromEntries(Object.keys(CURRENCIES).map((sign) => [sign, sign])),
  µ: 'μ',
  º: 'º',
  Ω: 'Ω',
  Å: 'Å',
  K: 'K',
  '⁄': '⁄',
  ℓ: 'ℓ',
  ʹ: '′',
  '．': '.',
  '⅟': '1⁄',
};
