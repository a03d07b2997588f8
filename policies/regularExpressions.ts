/**
 * What a regular expression may cost. A counted repetition is a copy of what it repeats for each count: 23 kB of them fill the memory of
 * the program that compiles them.
 */
import { quote } from "./rule";

/** Counted repetitions that one text may have. */
export const mostRepetitions = 10;

/** A count of three digits or more, a counted group, and a count of a count. */
const costly = "\\{[0-9]*,?[0-9]{3}|[)}][{][0-9]";

/** Classes of Unicode have hundreds of ranges each. */
const unicodeClass = "\\\\[pP]";

/** What may ignore case, and what may stand in brackets for letters of other scripts: Go takes a range of these apart letter by letter. */
const ignoresCase = "\\(\\?[a-zA-Z]*i";
const foreignLetters = "[^\\x00-\\x7f]|\\\\x[{]";

const counts = (text: string): string =>
  `size(${text}.split("{").filter(part, part.matches("^[0-9]+(,[0-9]*)?[}]"))) <= ${mostRepetitions}`;

/** Whether all regular expressions in a text are cheap to compile. The costly parts cannot be there without a brace or a backslash. */
export const isCheap = (text: string): string =>
  `((!${text}.contains("{") || (!${text}.matches(${quote(costly)}) && ${counts(text)}))
    && (!${text}.contains("\\\\") || !${text}.matches(${quote(unicodeClass)}))
    && (!${text}.contains("(?") || !${text}.contains("[") || !${text}.matches(${quote(ignoresCase)})
      || !${text}.matches(${quote(foreignLetters)})))`;

export const cheapWords = `no count above 99, no counted group such as (a|b){5}, at most ${mostRepetitions} counts, no \\p, and no (?i) beside brackets and letters of other scripts`;
