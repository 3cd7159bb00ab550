/* Strings as XML 1.0 can hold them. */
#ifndef VAFIT_BASE_XML_H
#define VAFIT_BASE_XML_H

#include "base/text.h"

/* Adds a string as it can stand in an attribute's value or between tags. What is no Char of XML 1.0
 * (XML 1.0, 2.2) cannot stand there, escaped or not: control characters are spelled out as
 * text_add_printable does; bytes that are no UTF-8, U+FFFE and U+FFFF become U+FFFD. */
void xml_add(struct text *out, const char *string);

#endif
