package gs1

import "time"

// ruleDate: a date in the given form that exists; with noDay, 00 may stand for
// the day. Of two digits of a year any century is right, so February 29 is held
// against the years from 2000 to 2099.
func ruleDate(text, form string, noDay bool) *fault {
	if f := checkCharacters('n', text); f != nil {
		return f
	}
	if len(text) != len(form) {
		return wrong(ReasonLength, len(text), "%q is no date %s", text, form)
	}
	at := len(form) - 4
	year, month, day := number(text[:at]), number(text[at:at+2]), number(text[at+2:])
	if month < 1 || month > 12 {
		return wrong(ReasonDate, at, "%q is no date %s: there is no month %02d", text, form, month)
	}
	if at == 2 {
		year += 2000
	}
	if last := daysIn(year, time.Month(month)); day > last {
		return wrong(ReasonDate, at+2, "%q is no date %s: there is no day %02d in this month, its last is %d", text, form, day, last)
	}
	if day == 0 && !noDay {
		return wrong(ReasonDate, at+2, "%q is no date %s: there is no day 00, and the day cannot be left open here", text, form)
	}
	return nil
}

func daysIn(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// ruleTime: two digits for an hour, a minute or a second.
func ruleTime(text, what string, most int) *fault {
	if f := checkCharacters('n', text); f != nil {
		return f
	}
	if len(text) != 2 {
		return wrong(ReasonLength, len(text), "%q is no %s of two digits", text, what)
	}
	if number(text) > most {
		return wrong(ReasonTime, 0, "there is no %s %s, the last is %d", what, text, most)
	}
	return nil
}

// ruleClock: hour and minute.
func ruleClock(text string) *fault {
	if f := checkCharacters('n', text); f != nil {
		return f
	}
	if len(text) != 4 {
		return wrong(ReasonLength, len(text), "%q is no time HHMM", text)
	}
	if f := ruleTime(text[:2], "hour", 23); f != nil {
		return f
	}
	return ruleTime(text[2:], "minute", 59).after(2)
}

// readDate reads YYMMDD, which keeps to ruleDate, as of a day: the century is the
// one that puts the year between 49 before and 50 after today's (General
// Specifications, 7.12), and the day 00 is the last of the month. False where the
// day does not exist after all: February 29 of 2100.
func readDate(text string, today time.Time) (time.Time, bool) {
	year, month, day := number(text[:2]), time.Month(number(text[2:4])), number(text[4:])
	now := today.Year()
	year += now - now%100
	switch {
	case year-now > 50:
		year -= 100
	case year-now < -49:
		year += 100
	}
	last := daysIn(year, month)
	if day == 0 {
		day = last
	}
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC), day <= last
}
