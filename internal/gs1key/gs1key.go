// Package gs1key checks the numbers that GS1 gives out, by their check digits
// (GS1 General Specifications, 7.9). It is pure.
package gs1key

import (
	"errors"
	"fmt"
	"strings"
)

// Reasons for which a text is no key.
var (
	ErrNotDigits = errors.New("consists of digits only")
	ErrLength    = errors.New("has the wrong number of digits")
)

// CheckDigitError says that the last digit does not follow from the others.
type CheckDigitError struct{ Is, ShouldBe byte }

func (e *CheckDigitError) Error() string {
	return fmt.Sprintf("the check digit is %c and should be %c", e.Is, e.ShouldBe)
}

// GTIN checks a GTIN of 8, 12, 13 or 14 digits and returns it with 14, the form
// in which GTINs of different lengths compare.
func GTIN(text string) (string, error) {
	switch len(text) {
	case 8, 12, 13, 14:
	default:
		return "", fmt.Errorf("a GTIN %w: 8, 12, 13 or 14, not %d", ErrLength, len(text))
	}
	if err := check(text); err != nil {
		return "", err
	}
	return strings.Repeat("0", 14-len(text)) + text, nil
}

// CheckGLN checks a GLN, which has 13 digits.
func CheckGLN(text string) error {
	if len(text) != 13 {
		return fmt.Errorf("a GLN %w: 13, not %d", ErrLength, len(text))
	}
	return check(text)
}

// check weighs the digits before the last by 3 and 1 in turn, from the right:
// the last one fills the sum up to a multiple of ten.
func check(digits string) error {
	sum := 0
	for i := range len(digits) {
		digit := digits[i]
		if digit < '0' || digit > '9' {
			return fmt.Errorf("a GS1 key %w", ErrNotDigits)
		}
		if i == len(digits)-1 {
			break
		}
		weight := 1
		if (len(digits)-1-i)%2 == 1 {
			weight = 3
		}
		sum += weight * int(digit-'0')
	}
	is, shouldBe := digits[len(digits)-1], byte('0'+(10-sum%10)%10)
	if is != shouldBe {
		return &CheckDigitError{Is: is, ShouldBe: shouldBe}
	}
	return nil
}
